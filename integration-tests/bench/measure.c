/* What a command costs: measure FILE COMMAND [ARG...] appends a line to FILE, the processor time of the command and
 * all its children in seconds (user, system), the time that passed, and the largest process's memory in KiB. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  struct timespec begin, end;
  struct rusage used;
  int status;
  if (argc < 3) {
    return 125;
  }
  clock_gettime(CLOCK_MONOTONIC, &begin);
  pid_t pid = fork();
  if (pid == 0) {
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    _exit(127);
  }
  if (pid < 0 || wait4(pid, &status, 0, &used) < 0) {
    perror("measure");
    return 125;
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  FILE *file = fopen(argv[1], "a");
  if (!file) {
    perror(argv[1]);
    return 125;
  }
  fprintf(file, "%ld.%06ld %ld.%06ld %.6f %ld\n", (long)used.ru_utime.tv_sec, (long)used.ru_utime.tv_usec,
          (long)used.ru_stime.tv_sec, (long)used.ru_stime.tv_usec,
          (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9, used.ru_maxrss);
  fclose(file);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
