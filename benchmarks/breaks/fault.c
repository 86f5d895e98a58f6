/* Preloaded into a command: counts what is written below FAULT_DIR, in all its processes together, and lets one call
   fail as on a full disk. FAULT_COUNT: a file of eight bytes that holds the counter. FAULT_AT: the call that fails,
   none where it is 0. FAULT_LASTING: all calls after it fail, too. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static long *count;
static long at;
static int lasting;
static const char *folder;

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("FAULT_COUNT"), *number = getenv("FAULT_AT");
    folder = getenv("FAULT_DIR");
    if (!name || !folder) return;
    int handle = open(name, O_RDWR);
    if (handle < 0) return;
    void *shared = mmap(NULL, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED, handle, 0);
    close(handle);
    at = number ? atol(number) : 0;
    lasting = getenv("FAULT_LASTING") != NULL && *getenv("FAULT_LASTING");
    if (shared != MAP_FAILED) count = shared;
}

/* For a process that has been forked from one that was loaded with all that it needs. */
void fault_at(long number, int all_after) {
    at = number;
    lasting = all_after;
}

static int fails(const char *path) {
    if (!count || !path || strncmp(path, folder, strlen(folder))) return 0;
    long now = __sync_add_and_fetch(count, 1);
    if (!at || (lasting ? now < at : now != at)) return 0;
    errno = ENOSPC;
    return 1;
}

static int fails_at(int handle) {
    char name[64], path[4096];
    if (!count) return 0;
    snprintf(name, sizeof name, "/proc/self/fd/%d", handle);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return fails(path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define ON_HANDLE(result, name, handle, parameters, ...) \
    result name parameters { return fails_at(handle) ? -1 : REAL(name)(__VA_ARGS__); }
#define ON_PATH(result, name, path, parameters, ...) \
    result name parameters { return fails(path) ? -1 : REAL(name)(__VA_ARGS__); }

ON_HANDLE(ssize_t, write, fd, (int fd, const void *data, size_t size), fd, data, size)
ON_HANDLE(ssize_t, pwrite, fd, (int fd, const void *data, size_t size, off_t to), fd, data, size, to)
ON_HANDLE(ssize_t, pwrite64, fd, (int fd, const void *data, size_t size, off64_t to), fd, data, size, to)
ON_HANDLE(ssize_t, writev, fd, (int fd, const struct iovec *data, int size), fd, data, size)
ON_HANDLE(ssize_t, sendfile, fd, (int fd, int from, off_t *where, size_t size), fd, from, where, size)
ON_HANDLE(int, fsync, fd, (int fd), fd)
ON_HANDLE(int, fdatasync, fd, (int fd), fd)
ON_HANDLE(int, ftruncate, fd, (int fd, off_t size), fd, size)
ON_HANDLE(int, ftruncate64, fd, (int fd, off64_t size), fd, size)
ON_PATH(int, rename, new, (const char *old, const char *new), old, new)
ON_PATH(int, mkdir, path, (const char *path, mode_t mode), path, mode)

#define OPENS(name)                                             \
    int name(const char *path, int flags, ...) {                \
        va_list rest;                                           \
        va_start(rest, flags);                                  \
        mode_t mode = va_arg(rest, mode_t);                     \
        va_end(rest);                                           \
        if ((flags & O_CREAT) && fails(path)) return -1;        \
        return REAL(name)(path, flags, mode);                   \
    }
OPENS(open)
OPENS(open64)
