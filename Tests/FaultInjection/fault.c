// Makes calls of a process fail, for files below a folder; loaded with LD_PRELOAD.
//
//   FAULT=KIND:N        the Nth call of the kind, counted from 1, and no other
//   FAULT=KIND:N+       the Nth and all after it
//   FAULT_FOLDER=PATH   only for files whose path has this in it
//
//   FAULT_WHILE=FILE    only while there is this file
//
//   sync    fsync and fdatasync fail with EIO
//   stall   they wait until the file of FAULT_WHILE is gone
//   write   write and pwrite fail with ENOSPC
//   short   they write half of what they are given
//   read    read and pread fail with EIO
//   rename  rename fails with EIO
//   open    open fails with EMFILE
//   crash   write and pwrite write half, and the process is gone
//
//   clang -shared -fPIC -O1 fault.c -o fault.so -ldl

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int count;

static int is_on(void) {
  const char *file = getenv("FAULT_WHILE");
  return !file || access(file, F_OK) == 0;
}

static int is_hit_path(const char *kind, const char *path) {
  const char *fault = getenv("FAULT"), *folder = getenv("FAULT_FOLDER");
  size_t length = strlen(kind);
  if (!fault || strncmp(fault, kind, length) || fault[length] != ':') return 0;
  if (folder && !strstr(path, folder)) return 0;
  if (!is_on()) return 0;
  char *end;
  long wanted = strtol(fault + length + 1, &end, 10);
  int number = __sync_add_and_fetch(&count, 1);
  return *end == '+' ? number >= wanted : number == wanted;
}

static int is_hit(const char *kind, int descriptor) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_hit_path(kind, path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int fail(int code) {
  errno = code;
  return -1;
}

static void stall(int descriptor) {
  if (is_hit("stall", descriptor) && getenv("FAULT_WHILE"))
    while (is_on()) usleep(5000);
}

int fsync(int descriptor) {
  stall(descriptor);
  return is_hit("sync", descriptor) ? fail(EIO) : REAL(fsync)(descriptor);
}

int fdatasync(int descriptor) {
  stall(descriptor);
  return is_hit("sync", descriptor) ? fail(EIO) : REAL(fdatasync)(descriptor);
}

ssize_t write(int descriptor, const void *bytes, size_t size) {
  if (is_hit("write", descriptor)) return fail(ENOSPC);
  if (size > 1 && is_hit("short", descriptor)) size /= 2;
  if (is_hit("crash", descriptor)) {
    REAL(write)(descriptor, bytes, size / 2);
    _exit(137);
  }
  return REAL(write)(descriptor, bytes, size);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t offset) {
  if (is_hit("write", descriptor)) return fail(ENOSPC);
  if (size > 1 && is_hit("short", descriptor)) size /= 2;
  if (is_hit("crash", descriptor)) {
    REAL(pwrite)(descriptor, bytes, size / 2, offset);
    _exit(137);
  }
  return REAL(pwrite)(descriptor, bytes, size, offset);
}

ssize_t read(int descriptor, void *bytes, size_t size) {
  return is_hit("read", descriptor) ? fail(EIO) : REAL(read)(descriptor, bytes, size);
}

ssize_t pread(int descriptor, void *bytes, size_t size, off_t offset) {
  return is_hit("read", descriptor) ? fail(EIO) : REAL(pread)(descriptor, bytes, size, offset);
}

int rename(const char *path, const char *target) {
  return is_hit_path("rename", path) ? fail(EIO) : REAL(rename)(path, target);
}

int open(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
  va_end(more);
  return is_hit_path("open", path) ? fail(EMFILE) : REAL(open)(path, flags, mode);
}

// Programs that are compiled for large files call these.
ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off_t offset) {
  return pwrite(descriptor, bytes, size, offset);
}

ssize_t pread64(int descriptor, void *bytes, size_t size, off_t offset) {
  return pread(descriptor, bytes, size, offset);
}

int open64(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
  va_end(more);
  return open(path, flags, mode);
}
