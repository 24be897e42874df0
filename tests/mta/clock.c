/* clock.c - preloaded, has a program and its children go by a clock of ours: the machine's, and the
 * seconds that stand in the file OUR_CLOCK names.
 *
 * The file is mapped when the program starts, so that a process that may open no file any more still
 * sees it change. It is written to in place, and never cut short. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const char *offset = "0";

__attribute__((constructor)) static void map_file(void)
{
    const char *path = getenv("OUR_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *page = file < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ, MAP_SHARED, file, 0);

    if (page == MAP_FAILED)
        abort();
    close(file);
    offset = page;
}

int clock_gettime(clockid_t clock, struct timespec *at)
{
    int result = (int)syscall(SYS_clock_gettime, clock, at);

    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        at->tv_sec += strtol(offset, NULL, 10);
    return result;
}

int gettimeofday(struct timeval *at, void *zone)
{
    struct timespec now;

    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return -1;
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *at)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (at)
        *at = now.tv_sec;
    return now.tv_sec;
}
