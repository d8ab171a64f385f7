/* gatewright/plugin.h: the C ABI, version 1.0, between the workflow engine and its plugins.
 *
 * A plugin is a shared library that exports one function, gw_plugin_entry(). Everything else is
 * reached from the table it returns. C++ authors include gatewright/plugin.hpp instead.
 *
 * VERSIONING  The host loads a plugin of its own major whose minor is not newer. Structs grow at
 *             the end and start with struct_size, which their maker sets to sizeof: the reader
 *             sees zero in every member that the maker did not know. Released meanings never
 *             change; a kind that has to change gets a new id ("gw.approver/2").
 * OWNERSHIP   Nobody frees the other side's memory. Arguments are borrowed until the call returns.
 *             Answers go through a function of gw_call, which copies before it returns.
 * ANSWERS     The status says what happened to the call; the answer is given apart from it.
 *             GW_OK needs exactly one answer. Any other status decides nothing, and so does the
 *             answer 0: silence, a crash, a timeout and zeroed memory never approve anything.
 * THREADS     Every function says who may call it:
 *               [loader]       one thread, while the plugin is being loaded;
 *               [worker]       any thread. One instance is never entered twice at once, unless its
 *                              offer sets GW_CONCURRENT;
 *               [thread-safe]  any thread, at any time.
 * TIME        Use gw_context.now_unix_us or gw_call.now_unix_us, never a clock of your own: a
 *             replayed or simulated run has its own time.
 * TEXT        UTF-8. What is not is repaired with U+FFFD. Texts for people are cut at 4 KiB.
 *             No C++ exception and no longjmp may cross this boundary.
 */
#ifndef GATEWRIGHT_PLUGIN_H_
#define GATEWRIGHT_PLUGIN_H_

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#define GW_EXPORT __attribute__((visibility("default")))
#else
#define GW_EXPORT
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define GW_ABI_MAJOR 1u
#define GW_ABI_MINOR 0u

/* ---- Plain values ---- */

typedef struct gw_string { /* borrowed, not NUL-terminated; data may be NULL when size is 0 */
  const char* data;
  size_t size;
} gw_string;

typedef struct gw_string_list {
  const gw_string* items;
  size_t count;
} gw_string_list;

static inline gw_string gw_text(const char* text) {
  gw_string result;
  result.data = text;
  result.size = strlen(text);
  return result;
}

typedef int32_t gw_status; /* what happened to the call; a value not listed is read as INTERNAL */
enum {
  GW_OK = 0,
  GW_INVALID_ARGUMENT = 1,  /* the config or the request is wrong; trying again cannot help */
  GW_UNAVAILABLE = 2,       /* something the plugin needs is down; the engine may try again */
  GW_DEADLINE_EXCEEDED = 3, /* gave up because remaining_ms() reached 0 */
  GW_CANCELLED = 4,         /* gave up because is_cancelled() became 1 */
  GW_INTERNAL = 5           /* a defect of the plugin */
};

typedef int32_t gw_severity;
enum { GW_DEBUG = 1, GW_INFO = 2, GW_WARNING = 3, GW_ERROR = 4 };

typedef int32_t gw_principal_kind;
enum { GW_PERSON = 1, GW_SERVICE = 2, GW_POLICY_VOTER = 3, GW_TIMER = 4, GW_ENGINE = 5 };

enum {
  /* The nameless principal of development mode: holds every role and group and is every user. */
  GW_PRINCIPAL_IS_EVERYBODY = 1u << 0
};

/* Somebody who wants to vote, as the identity source described them for this request. */
typedef struct gw_principal {
  uint32_t struct_size;
  uint32_t flags; /* GW_PRINCIPAL_… */
  gw_principal_kind kind;
  uint32_t reserved;
  gw_string id;
  gw_string_list roles;
  gw_string_list groups;
} gw_principal;

/* The gate or stage that a call is about. */
typedef struct gw_context {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t run_id;
  int64_t epoch; /* which opening of the gate, from 1 */
  gw_string workflow;
  gw_string stage;
  gw_string rule; /* empty for policies and executors */
  gw_string requester;
  gw_string subject_json; /* what is approved, a snapshot */
  gw_string subject_digest;
  int64_t now_unix_us;  /* the engine's clock */
  gw_string facts_json; /* for a GW_WANTS_FACTS policy: a JSON object, else empty */
  /* Policies and executors: where somebody outside may POST the verdict, or how the attempt ended.
   * Good for one answer, and a credential: it goes to whoever is to answer, and into no output.
   * Empty when the server does not know its own public address. */
  gw_string callback_url;
} gw_context;

/* ---- Answers, one per kind ---- */

typedef int32_t gw_eligibility_value;
enum { GW_ELIGIBLE = 1, GW_NOT_ELIGIBLE = 2 };

typedef struct gw_eligibility {
  uint32_t struct_size;
  gw_eligibility_value value;
  gw_string reason; /* shown to people */
} gw_eligibility;

typedef int32_t gw_choice;
enum {
  GW_APPROVE = 1,
  GW_REJECT = 2,
  GW_ABSTAIN = 3, /* has no opinion: people decide */
  GW_WAIT = 4     /* ask again after ask_again_after_ms */
};

typedef struct gw_verdict {
  uint32_t struct_size;
  gw_choice choice;
  int64_t ask_again_after_ms; /* GW_WAIT only, at least 1 */
  gw_string reason;           /* shown to people */
  gw_string evidence_json;    /* empty, or a JSON object of at most 64 KiB, stored as it is */
} gw_verdict;

typedef int32_t gw_outcome;
enum {
  GW_SUCCEEDED = 1,
  GW_FAILED_TRANSIENT = 2, /* another attempt may succeed */
  GW_FAILED_PERMANENT = 3,
  GW_OUTCOME_UNKNOWN = 4, /* it may have happened: an operator has to look */
  GW_RUNNING = 5          /* it goes on outside, without this call: ask probe(), or wait for the
                             callback. Not of rollback() */
};

typedef struct gw_report {
  uint32_t struct_size;
  gw_outcome outcome;
  gw_string summary;      /* one line for people */
  gw_string outputs_json; /* empty, or a JSON object of at most 64 KiB */
  /* GW_RUNNING only: call probe() after so long; 0 = do not ask, the callback brings the end. */
  int64_t ask_again_after_ms;
  /* GW_RUNNING only: how the plugin finds the work again (a URL, a job's name), at most 4 KiB.
   * Kept in the run's log, so no secret. Empty = the one before still holds. */
  gw_string handle;
} gw_report;

typedef int32_t gw_delivery_value;
enum {
  GW_DELIVERED = 1,
  GW_DELIVER_LATER = 2, /* not now; the receiver may have said when */
  GW_RECEIVER_GONE = 3  /* the receiver wants no more of these, ever */
};

typedef struct gw_delivery {
  uint32_t struct_size;
  gw_delivery_value value;
  int64_t retry_after_ms; /* GW_DELIVER_LATER only: not before; 0 = it did not say */
  gw_string problem;      /* why it was not delivered; for people, without secrets */
} gw_delivery;

/* ---- What the host does for one call ----
 * Valid until that call returns. Every member is set and [thread-safe]. */

typedef struct gw_call gw_call;
struct gw_call {
  uint32_t struct_size;
  uint32_t reserved;
  void* host; /* the host's own */

  /* Milliseconds until the caller stops waiting; 0 when it has. */
  int64_t (*remaining_ms)(const gw_call* call);
  /* 1 once nobody wants the answer any more. */
  int32_t (*is_cancelled)(const gw_call* call);
  /* The engine's clock, microseconds since 1970 UTC. */
  int64_t (*now_unix_us)(const gw_call* call);
  /* One line for the server's log. */
  void (*log)(const gw_call* call, gw_severity severity, gw_string message);
  /* Explains a status other than GW_OK: what was expected, what was found. The last one wins. */
  void (*fail)(const gw_call* call, gw_string message);
  /* A service by id, see "Services". NULL when this host has none of that name. */
  const void* (*get_service)(const gw_call* call, const char* id);

  /* The answer. A call that returns GW_OK has called the one of its kind, exactly once. */
  void (*answer_eligibility)(const gw_call* call, const gw_eligibility* answer);
  void (*answer_verdict)(const gw_call* call, const gw_verdict* answer);
  void (*answer_report)(const gw_call* call, const gw_report* answer);
  void (*answer_delivery)(const gw_call* call, const gw_delivery* answer);

  /* Executors only: what the attempt writes (any bytes), and how far it is (0 to 100, or -1 when
   * unknown). Both may be called any number of times; they may block while the reader is slow. */
  void (*output)(const gw_call* call, gw_string bytes);
  void (*progress)(const gw_call* call, int32_t percent, gw_string text);
};

/* ---- Kinds: what a plugin can offer ---- */

#define GW_KIND_APPROVER "gw.approver/1"
#define GW_KIND_POLICY "gw.policy/1"
#define GW_KIND_EXECUTOR "gw.executor/1"
#define GW_KIND_NOTIFIER "gw.notifier/1"

/* gw.approver/1: may this principal's vote fill this rule? It says who is eligible, never that a
 * gate is satisfied: the engine counts. */
typedef struct gw_question {
  uint32_t struct_size;
  uint32_t reserved;
  const gw_context* context;
  const gw_principal* principal;
} gw_question;

typedef struct gw_approver {
  uint32_t struct_size;
  uint32_t reserved;
  /* Answers with answer_eligibility. May be asked again with the same question. [worker] */
  gw_status (*check)(void* instance, const gw_question* question, const gw_call* call);
} gw_approver;

/* gw.policy/1: a voter that is a program. A failed call abstains. */
typedef struct gw_policy {
  uint32_t struct_size;
  uint32_t reserved;
  /* Answers with answer_verdict. [worker] */
  gw_status (*evaluate)(void* instance, const gw_context* context, const gw_call* call);
} gw_policy;

/* gw.executor/1: does the approved action. */
typedef struct gw_attempt {
  uint32_t struct_size;
  uint32_t reserved;
  const gw_context* context;
  gw_string attempt_id;  /* stable over redelivery: the idempotency key towards the outside */
  int64_t number;        /* 1 for the first attempt */
  int64_t fencing_token; /* only ever grows; the outside should refuse a smaller one */
  gw_string handle;      /* of the newest GW_RUNNING of this attempt, else empty */
} gw_attempt;

typedef struct gw_executor {
  uint32_t struct_size;
  uint32_t reserved;
  /* Does the action and answers with answer_report once it ended. Watches is_cancelled and
   * remaining_ms: when one asks to stop, it stops the action and returns GW_CANCELLED or
   * GW_DEADLINE_EXCEEDED. An action that ended all the same is reported as it ended. [worker] */
  gw_status (*start)(void* instance, const gw_attempt* attempt, const gw_call* call);
  /* Optional: is told that start() of this attempt should stop, within 100 ms of is_cancelled
   * turning 1 or the deadline passing, at most once per start(), and never after start() returned.
   * For code that cannot look at is_cancelled while it waits. Must not block. [thread-safe] */
  void (*cancel)(void* instance, gw_string attempt_id);
  /* Optional: what became of an attempt that was GW_RUNNING, or whose engine died. Answers with
   * answer_report: GW_RUNNING while it goes on, GW_OUTCOME_UNKNOWN when it cannot tell. A status
   * other than GW_OK is asked again. May write output, which goes behind what is there. [worker] */
  gw_status (*probe)(void* instance, const gw_attempt* attempt, const gw_call* call);
  /* Optional: undoes what an attempt did: one that succeeded, or failed or was stopped half-way.
   * `attempt` is that one, but for its fencing token. Answers with answer_report. [worker] */
  gw_status (*rollback)(void* instance, const gw_attempt* attempt, const gw_call* call);
  /* Optional: ends the work of an attempt that is GW_RUNNING. Answers with answer_report, with
   * GW_RUNNING when it was told and has not ended yet. [worker] */
  gw_status (*stop)(void* instance, const gw_attempt* attempt, const gw_call* call);
} gw_executor;

/* gw.notifier/1: tells somebody about an event. */
typedef struct gw_event {
  uint32_t struct_size;
  uint32_t reserved;
  gw_string id; /* the same id again is a redelivery */
  gw_string type;
  gw_string json;
} gw_event;

typedef struct gw_notifier {
  uint32_t struct_size;
  uint32_t reserved;
  /* Answers with answer_delivery. GW_INVALID_ARGUMENT is not delivered again; every other status
   * is, and so is GW_DELIVER_LATER. [worker] */
  gw_status (*deliver)(void* instance, const gw_event* event, const gw_call* call);
} gw_notifier;

/* ---- The tables a plugin hands out. Static storage, never freed, never changed. ---- */

enum {
  /* One instance may be entered by several threads at once. */
  GW_CONCURRENT = 1u << 0,
  /* Approvers: no I/O, no waiting, the same answer to the same question. Called on the thread of
   * the request; an approver without this flag is called on a worker. */
  GW_PURE = 1u << 1,
  /* Policies: gw_context.facts_json is gathered for it. That takes time, so only on
   * demand. docs/writing-a-plugin.md lists the members. */
  GW_WANTS_FACTS = 1u << 2
};

/* One thing that a workflow file can name in `plugin:`. */
typedef struct gw_offer {
  uint32_t struct_size;
  uint32_t flags;            /* GW_CONCURRENT, GW_PURE, GW_WANTS_FACTS */
  const char* kind;          /* GW_KIND_… */
  const char* name;          /* [a-z0-9._-], at most 100; reverse DNS: "com.example.on-call" */
  const char* summary;       /* one sentence, for listings */
  const char* config_schema; /* JSON Schema 2020-12; the host checks the config against it first */

  /* Makes an instance for one place in one workflow version. On GW_OK *instance may be NULL, when
   * there is nothing to keep. [worker], and several instances may be made at once */
  gw_status (*create)(gw_string config_json, const gw_call* call, void** instance);
  /* Called once for every instance that create() made, when no call is inside it. [worker] */
  void (*destroy)(void* instance);
  /* By kind: const gw_approver*, gw_policy*, gw_executor* or gw_notifier*. */
  const void* functions;
} gw_offer;

typedef struct gw_plugin {
  uint32_t struct_size;
  uint32_t abi_major; /* GW_ABI_MAJOR */
  uint32_t abi_minor; /* GW_ABI_MINOR */
  uint32_t offer_count;
  const char* name;
  const char* version;
  const gw_offer* const* offers; /* pointers, so that gw_offer can grow */
} gw_plugin;

/* The only exported symbol. Cheap and without side effects: the host calls it to list. [loader] */
typedef const gw_plugin* (*gw_plugin_entry_fn)(void);
GW_EXPORT const gw_plugin* gw_plugin_entry(void);

/* ---- Services: what get_service() can return. [thread-safe], valid as long as the process, so
 * that create() may ask once and keep the pointer. ---- */

/* gw.json_schema/1: checks JSON documents against a JSON Schema, the way the engine checks
 * configs and subjects. Returns const gw_json_schema_service*. */
#define GW_SERVICE_JSON_SCHEMA "gw.json_schema/1"

typedef struct gw_json_schema gw_json_schema; /* a compiled schema; immutable */

/* Is told one problem; `pointer` is a JSON pointer, empty = the whole document. */
typedef void (*gw_problem_fn)(void* context, gw_string pointer, gw_string message);

typedef struct gw_json_schema_service {
  uint32_t struct_size;
  uint32_t reserved;
  /* Compiles. GW_INVALID_ARGUMENT, and why through on_problem, when that is not a schema. */
  gw_status (*compile)(gw_string schema_json, gw_problem_fn on_problem, void* context,
                       gw_json_schema** schema);
  /* GW_OK when the document was read: valid when on_problem was not called. */
  gw_status (*validate)(const gw_json_schema* schema, gw_string document_json,
                        gw_problem_fn on_problem, void* context);
  /* Gives back what compile() made; NULL is fine. */
  void (*release)(gw_json_schema* schema);
} gw_json_schema_service;

#ifdef __cplusplus
}
#endif
#endif /* GATEWRIGHT_PLUGIN_H_ */
