#include "plugins/host/child/system_calls.h"

#include <fmt/format.h>
#include <sched.h>
#include <seccomp.h>
#include <unistd.h>

#include <cerrno>
#include <initializer_list>
#include <memory>
#include <system_error>

namespace gatewright::host {
namespace {

// A list of what is refused, not of what is allowed: a plugin brings its own libraries, and what a
// C library or a language runtime calls changes from release to release. Files are Landlock's.
constexpr std::initializer_list<int> kAlways = {
    // other processes
    SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_open),
    SCMP_SYS(pidfd_getfd), SCMP_SYS(pidfd_send_signal), SCMP_SYS(process_madvise), SCMP_SYS(kcmp),
    SCMP_SYS(tkill), SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo), SCMP_SYS(setpriority),
    SCMP_SYS(ioprio_set), SCMP_SYS(sched_setscheduler), SCMP_SYS(sched_setattr),
    SCMP_SYS(sched_setparam), SCMP_SYS(migrate_pages), SCMP_SYS(move_pages), SCMP_SYS(setpgid),
    SCMP_SYS(setsid),
    // the limits and the user that it was given
    SCMP_SYS(setrlimit), SCMP_SYS(setuid), SCMP_SYS(setgid), SCMP_SYS(setreuid), SCMP_SYS(setregid),
    SCMP_SYS(setresuid), SCMP_SYS(setresgid), SCMP_SYS(setgroups), SCMP_SYS(setfsuid),
    SCMP_SYS(setfsgid), SCMP_SYS(capset), SCMP_SYS(seccomp),
    // namespaces and mounts
    SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root),
    SCMP_SYS(chroot), SCMP_SYS(move_mount), SCMP_SYS(open_tree), SCMP_SYS(fsopen),
    SCMP_SYS(fsconfig), SCMP_SYS(fsmount), SCMP_SYS(fspick), SCMP_SYS(mount_setattr),
    SCMP_SYS(name_to_handle_at), SCMP_SYS(open_by_handle_at),
    // the kernel
    SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register), SCMP_SYS(init_module),
    SCMP_SYS(finit_module), SCMP_SYS(delete_module), SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load), SCMP_SYS(reboot), SCMP_SYS(syslog), SCMP_SYS(quotactl),
    SCMP_SYS(acct), SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime), SCMP_SYS(clock_adjtime), SCMP_SYS(adjtimex), SCMP_SYS(iopl),
    SCMP_SYS(ioperm), SCMP_SYS(sethostname), SCMP_SYS(setdomainname), SCMP_SYS(add_key),
    SCMP_SYS(request_key), SCMP_SYS(keyctl), SCMP_SYS(vhangup), SCMP_SYS(fanotify_init),
    SCMP_SYS(chown), SCMP_SYS(fchown), SCMP_SYS(lchown), SCMP_SYS(fchownat), SCMP_SYS(mknod),
    SCMP_SYS(mknodat), SCMP_SYS(shmget), SCMP_SYS(shmat), SCMP_SYS(msgget), SCMP_SYS(semget),
    SCMP_SYS(mq_open)};

constexpr std::initializer_list<int> kNetwork = {
    SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind),
    SCMP_SYS(listen), SCMP_SYS(accept),     SCMP_SYS(accept4)};

constexpr std::initializer_list<int> kProcesses = {SCMP_SYS(fork), SCMP_SYS(vfork),
                                                   SCMP_SYS(execve), SCMP_SYS(execveat)};

class Filter {
 public:
  Filter() : context_(seccomp_init(SCMP_ACT_ALLOW), &seccomp_release) {
    // A search tree instead of a list: every system call goes through it. Older libraries have
    // none.
    if (context_) seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  }

  void Refuse(std::initializer_list<int> calls) {
    for (const int call : calls) Add(SCMP_ACT_ERRNO(EPERM), call, {});
  }
  void Refuse(int call, const scmp_arg_cmp& when) { Add(SCMP_ACT_ERRNO(EPERM), call, {when}); }
  void Pretend(int call, int number) { Add(SCMP_ACT_ERRNO(number), call, {}); }

  Result<void> Enforce() {
    if (problem_ == 0) problem_ = seccomp_load(context_.get());
    if (problem_ == 0) return {};
    return Error{ErrorCode::kInternal,
                 fmt::format("seccomp: {}", std::generic_category().message(-problem_))};
  }

 private:
  void Add(std::uint32_t action, int call, std::initializer_list<scmp_arg_cmp> when) {
    if (context_ == nullptr) problem_ = -ENOMEM;
    if (problem_ != 0) return;
    problem_ = seccomp_rule_add_array(context_.get(), action, call,
                                      static_cast<unsigned>(when.size()), when.begin());
  }

  std::unique_ptr<void, void (*)(scmp_filter_ctx)> context_;
  int problem_ = 0;
};

}  // namespace

Result<void> RestrictSystemCalls(bool with_network, bool with_processes) {
  const auto self = static_cast<scmp_datum_t>(getpid());
  Filter filter;
  filter.Refuse(kAlways);
  // abort() sends itself a signal; whoever else is there gets none.
  filter.Refuse(SCMP_SYS(kill), SCMP_A0(SCMP_CMP_NE, self));
  if (!with_processes) filter.Refuse(SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_NE, self));
  // Reading one's limits is fine, changing them is not.
  filter.Refuse(SCMP_SYS(prlimit64), SCMP_A2(SCMP_CMP_NE, 0));
  if (!with_network) filter.Refuse(kNetwork);
  if (!with_processes) {
    filter.Refuse(kProcesses);
    filter.Refuse(SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
    // Its flags lie in memory, where a filter cannot look. The C library falls back to clone.
    filter.Pretend(SCMP_SYS(clone3), ENOSYS);
  }
  return filter.Enforce();
}

}  // namespace gatewright::host
