/* Times commands against each other, start to exit: interleave ROUNDS SEED <ARMS >RESULT.json
 *
 * ARMS: one a line, NAME <tab> EXECS <tab> COMMAND, the command's words split at blanks (no quotes).
 * EXECS 0 times from before the process is made; EXECS n from the moment when it has done its n-th execve, so
 * that what a process becomes can be timed without what it was before: it is traced until then, and only then.
 * Every round runs every arm once, in an order drawn anew; the first two rounds warm up and are not counted.
 * An arm that fails in the warm-up is left out, with its status; one that fails later stops the run.
 * The ratio of an arm is the median of its time over the first arm's time in the same round, with the
 * 95 % interval of that median by bootstrap, so that a machine that slows down for a while slows both.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ARMS_MAX = 32, WORDS_MAX = 256, WARM_UP = 2, RESAMPLES = 2000 };

struct arm {
  char *name;
  int execs;
  char *words[WORDS_MAX];
  double *millis;
  int failed; /* wait status of a warm-up that failed */
};

static uint64_t state;

static uint64_t chance(void) { /* splitmix64 */
  uint64_t z = state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

static double now_millis(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

extern char **environ;

static int run(struct arm *arm, double *millis) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  if (getenv("BENCH_LOUD") == NULL)
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  pid_t pid;
  double start = now_millis();
  int error = posix_spawnp(&pid, arm->words[0], &files, NULL, arm->words, environ);
  int status = 127 << 8;
  if (error == 0)
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
      ;
  *millis = now_millis() - start;
  posix_spawn_file_actions_destroy(&files);
  return status;
}

/* The process after its n-th execve: threads are followed, because any of them may be the one that does it. */
static int run_from_exec(struct arm *arm, double *millis) {
  pid_t pid = fork();
  if (pid == 0) {
    int in = open("/dev/null", O_RDONLY), out = open("/dev/null", O_WRONLY);
    dup2(in, 0);
    dup2(out, 1);
    if (getenv("BENCH_LOUD") == NULL)
      dup2(out, 2);
    raise(SIGSTOP);
    execvp(arm->words[0], arm->words);
    _exit(127);
  }
  int status, seen = 0;
  waitpid(pid, &status, WUNTRACED);
  if (ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACEEXEC | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL) < 0)
    perror("interleave: ptrace");
  kill(pid, SIGCONT);
  double start = 0;
  for (;;) {
    pid_t who = waitpid(-1, &status, __WALL);
    if (who < 0)
      return 127 << 8;
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      if (who != pid)
        continue;
      *millis = now_millis() - start;
      return start == 0 ? 127 << 8 : status;
    }
    int event = status >> 16, signal = WSTOPSIG(status);
    if (event == PTRACE_EVENT_EXEC && ++seen == arm->execs) {
      start = now_millis();
      ptrace(PTRACE_DETACH, who, 0, 0);
    } else {
      ptrace(PTRACE_CONT, who, 0, event ? 0 : signal);
    }
  }
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double quantile(double *sorted, int n, double q) {
  double at = q * (n - 1);
  int below = (int)at;
  return below + 1 < n ? sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]) : sorted[n - 1];
}

static double median(double *values, int n) { /* sorts */
  qsort(values, n, sizeof *values, ascending);
  return quantile(values, n, 0.5);
}

static void report(struct arm *arm, struct arm *base, int rounds, int last) {
  if (arm->failed) {
    printf("  {\"arm\": \"%s\", \"failed\": %d}%s\n", arm->name,
           WIFEXITED(arm->failed) ? WEXITSTATUS(arm->failed) : 128 + WTERMSIG(arm->failed), last ? "" : ",");
    return;
  }
  double ratios[rounds], drawn[rounds], medians[RESAMPLES], times[rounds];
  for (int i = 0; i < rounds; i++)
    ratios[i] = base->failed ? 0 : arm->millis[i] / base->millis[i];
  for (int b = 0; b < RESAMPLES; b++) {
    for (int i = 0; i < rounds; i++)
      drawn[i] = ratios[chance() % rounds];
    medians[b] = median(drawn, rounds);
  }
  qsort(medians, RESAMPLES, sizeof *medians, ascending);
  memcpy(times, arm->millis, sizeof times);
  double middle = median(times, rounds);
  printf("  {\"arm\": \"%s\", \"rounds\": %d, \"minMillis\": %.3f, \"medianMillis\": %.3f, \"p95Millis\": %.3f, "
         "\"ratio\": %.3f, \"ratioLow\": %.3f, \"ratioHigh\": %.3f}%s\n",
         arm->name, rounds, times[0], middle, quantile(times, rounds, 0.95), median(ratios, rounds),
         quantile(medians, RESAMPLES, 0.025), quantile(medians, RESAMPLES, 0.975), last ? "" : ",");
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: interleave ROUNDS SEED <ARMS\n");
    return 2;
  }
  int rounds = atoi(argv[1]), count = 0;
  state = strtoull(argv[2], NULL, 10);
  static struct arm arms[ARMS_MAX];
  static char line[65536];
  while (count < ARMS_MAX && fgets(line, sizeof line, stdin)) {
    char *execs = strchr(line, '\t');
    char *command = execs ? strchr(execs + 1, '\t') : NULL;
    if (line[0] == '#' || command == NULL)
      continue;
    *execs++ = 0;
    *command++ = 0;
    struct arm *arm = &arms[count++];
    arm->name = strdup(line);
    arm->execs = atoi(execs);
    arm->millis = calloc(rounds, sizeof(double));
    int words = 0;
    for (char *word = strtok(strdup(command), " \n"); word && words < WORDS_MAX - 1; word = strtok(NULL, " \n"))
      arm->words[words++] = word;
  }
  for (int round = -WARM_UP; round < rounds; round++) {
    int order[ARMS_MAX];
    for (int i = 0; i < count; i++) {
      int j = chance() % (i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    for (int i = 0; i < count; i++) {
      struct arm *arm = &arms[order[i]];
      double millis;
      if (arm->failed)
        continue;
      int status = arm->execs ? run_from_exec(arm, &millis) : run(arm, &millis);
      if (status != 0 && round >= 0) {
        fprintf(stderr, "interleave: %s failed in round %d: status 0x%x\n", arm->name, round, status);
        return 1;
      }
      if (status != 0)
        arm->failed = status;
      if (round >= 0)
        arm->millis[round] = millis;
    }
  }
  printf("[\n");
  for (int i = 0; i < count; i++)
    report(&arms[i], &arms[0], rounds, i == count - 1);
  printf("]\n");
  return 0;
}
