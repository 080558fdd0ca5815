// What attacks on a container runtime need and a shell is too slow for.
//
//   attack watch STOP OWN        in a container: looks at every process of /proc, over and over, until there is a file
//                                STOP, and says of each process that executes another file than OWN and attack what
//                                it can get hold of; "ready" first, "seen some" or "seen none" last
//   attack keyring               says what the session keyring is; keyctl(2)
//   attack exchange A B          exchanges two names, over and over, until it is killed
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *own;
static int held = -1;

// A file that can be written to, and that is not protected as a sealed memory file is.
static int writable(const char *path) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  int seals = fcntl(fd, F_GET_SEALS);
  close(fd);
  return seals < 0 || !(seals & F_SEAL_WRITE);
}

static void all(const char *pid, const char *kind, const char *target) {
  char folder[64], path[400], link[PATH_MAX];
  snprintf(folder, sizeof folder, "/proc/%s/%s", pid, kind);
  DIR *dir = opendir(folder);
  if (!dir) return;
  for (struct dirent *entry; (entry = readdir(dir));) {
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    ssize_t length = readlink(path, link, sizeof link - 1);
    if (length < 0) continue;
    link[length] = 0;
    printf("%s of %s: %s\n", kind, target, link);
    if (!strcmp(kind, "map_files") && writable(path)) printf("WRITABLE %s\n", link);
  }
  closedir(dir);
}

static int look(const char *pid) {
  char path[64], link[PATH_MAX];
  snprintf(path, sizeof path, "/proc/%s/exe", pid);
  ssize_t length = readlink(path, link, sizeof link - 1);
  if (length < 0) {
    // Hidden, or a kernel thread, or it has ended.
    if (errno == EACCES || errno == EPERM) return 1;
    return 0;
  }
  link[length] = 0;
  if (!strcmp(link, own)) return 0;
  printf("exe of %s: %s\n", pid, link);
  if (held < 0) held = open(path, O_PATH | O_CLOEXEC);
  if (writable(path)) printf("WRITABLE %s\n", link);
  all(pid, "fd", link);
  all(pid, "map_files", link);
  return 1;
}

static int watch(const char *stop) {
  char path[64], self[32];
  long seen = 0;
  snprintf(self, sizeof self, "%d", getpid());
  puts("ready");
  fflush(stdout);
  while (access(stop, F_OK)) {
    DIR *proc = opendir("/proc");
    for (struct dirent *entry; (entry = readdir(proc));)
      if (*entry->d_name >= '0' && *entry->d_name <= '9' && strcmp(entry->d_name, self)) seen += look(entry->d_name);
    closedir(proc);
    if (held >= 0) {
      // As CVE-2019-5736 does it: once nobody executes the file any more.
      snprintf(path, sizeof path, "/proc/self/fd/%d", held);
      if (writable(path)) {
        puts("WRITABLE what was executed");
        close(held);
        held = -1;
      }
    }
    fflush(stdout);
  }
  printf("seen %s\n", seen ? "some" : "none");
  return 0;
}

int main(int count, char **words) {
  if (count == 4 && !strcmp(words[1], "watch")) {
    own = words[3];
    return watch(words[2]);
  }
  if (count == 4 && !strcmp(words[1], "exchange"))
    for (;;) syscall(SYS_renameat2, AT_FDCWD, words[2], AT_FDCWD, words[3], 2 /* RENAME_EXCHANGE */);
  if (count == 2 && !strcmp(words[1], "keyring")) {
    char text[512] = "";
    if (syscall(SYS_keyctl, 6L /* KEYCTL_DESCRIBE */, -3L /* KEY_SPEC_SESSION_KEYRING */, text, sizeof text) < 0) return 1;
    char *name = strrchr(text, ';');
    puts(name ? name + 1 : text);
    return 0;
  }
  fprintf(stderr, "usage: attack keyring | attack watch STOP OWN | attack exchange A B\n");
  return 2;
}
