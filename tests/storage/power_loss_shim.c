/* tests/storage/power_loss_shim.c: what a disk keeps when the power goes. Loaded with LD_PRELOAD:
 * every write to POWER_LOSS_DATABASE and its -wal is done, and noted; only an fsync copies what was
 * noted to POWER_LOSS_SURVIVORS (same names in another folder). After a kill, the survivors are all
 * that a power cut would have left. The lock below makes it thread-safe. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { kMaxFiles = 1024 };

struct range {
  off_t offset;
  size_t size;
};

struct file {
  int is_known;            /* was its name looked at since it was opened? */
  char survivor[PATH_MAX]; /* empty: not ours */
  struct range* ranges;
  size_t count, capacity;
  off_t cut; /* smallest length since the last fsync, -1 = none */
};

static struct file files[kMaxFiles];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static ssize_t (*real_pwrite)(int, const void*, size_t, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off_t);
static int (*real_close)(int);

__attribute__((constructor)) static void find_real_functions(void) {
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
  real_close = dlsym(RTLD_NEXT, "close");
}

/* Null for a file that is not the database or its log. */
static struct file* find(int descriptor) {
  const char* database = getenv("POWER_LOSS_DATABASE");
  const char* survivors = getenv("POWER_LOSS_SURVIVORS");
  if (!database || !survivors || descriptor < 0 || descriptor >= kMaxFiles) return NULL;
  struct file* file = &files[descriptor];
  if (!file->is_known) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    const ssize_t size = readlink(link, path, sizeof path - 1);
    path[size < 0 ? 0 : size] = '\0';
    const size_t length = strlen(database);
    file->is_known = 1;
    file->survivor[0] = '\0';
    file->count = 0;
    file->cut = -1;
    if (!strncmp(path, database, length) && (!path[length] || !strcmp(path + length, "-wal"))) {
      snprintf(file->survivor, sizeof file->survivor, "%s%s", survivors, path + length);
    }
  }
  return file->survivor[0] ? file : NULL;
}

/* Copies what was written since the last call. Called with the lock. */
static void survive(int descriptor) {
  static char buffer[1 << 16];
  struct file* file = find(descriptor);
  if (!file) return;
  const int copy = open(file->survivor, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (copy < 0) abort();
  if (file->cut >= 0 && real_ftruncate(copy, file->cut)) abort();
  for (size_t i = 0; i < file->count; ++i) {
    off_t offset = file->ranges[i].offset;
    size_t left = file->ranges[i].size;
    while (left > 0) {
      const ssize_t size =
          pread(descriptor, buffer, left < sizeof buffer ? left : sizeof buffer, offset);
      if (size <= 0) break; /* cut off again since */
      if (real_pwrite(copy, buffer, (size_t)size, offset) != size) abort();
      offset += size;
      left -= (size_t)size;
    }
  }
  file->count = 0;
  file->cut = -1;
  real_close(copy);
}

ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off_t offset) {
  pthread_mutex_lock(&lock);
  struct file* file = find(descriptor);
  if (file) {
    if (file->count == file->capacity) {
      file->capacity = file->capacity ? file->capacity * 2 : 256;
      file->ranges = realloc(file->ranges, file->capacity * sizeof *file->ranges);
      if (!file->ranges) abort();
    }
    file->ranges[file->count].offset = offset;
    file->ranges[file->count++].size = size;
  }
  const ssize_t written = real_pwrite(descriptor, bytes, size, offset);
  pthread_mutex_unlock(&lock);
  return written;
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
  return pwrite64(descriptor, bytes, size, offset);
}

int ftruncate64(int descriptor, off_t length) {
  pthread_mutex_lock(&lock);
  struct file* file = find(descriptor);
  if (file && (file->cut < 0 || length < file->cut)) file->cut = length;
  const int result = real_ftruncate(descriptor, length);
  pthread_mutex_unlock(&lock);
  return result;
}

int ftruncate(int descriptor, off_t length) { return ftruncate64(descriptor, length); }

/* POWER_LOSS_LIE=1: a disk that says yes and keeps nothing. It shows that the test can fail. */
static int sync_file(int descriptor, int (*real)(int)) {
  const char* lie = getenv("POWER_LOSS_LIE");
  pthread_mutex_lock(&lock);
  const int result = real(descriptor);
  if (result == 0 && !(lie && rand() % 2)) survive(descriptor);
  pthread_mutex_unlock(&lock);
  return result;
}

int fsync(int descriptor) { return sync_file(descriptor, real_fsync); }
int fdatasync(int descriptor) { return sync_file(descriptor, real_fdatasync); }

int close(int descriptor) {
  pthread_mutex_lock(&lock);
  if (descriptor >= 0 && descriptor < kMaxFiles) files[descriptor].is_known = 0;
  const int result = real_close(descriptor);
  pthread_mutex_unlock(&lock);
  return result;
}
