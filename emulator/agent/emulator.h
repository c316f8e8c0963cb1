/*
 * The emulator's process: started with the driver, its words read, ended with grace and then by force. Owned by the
 * agent, used by its one thread.
 */
#ifndef MACEMU_EMULATOR_H
#define MACEMU_EMULATOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "link.h"
#include "options.h"

enum emulator_exit {
    EXIT_OFF,     /* the Mac was switched off */
    EXIT_RESTART, /* it asked to be started again */
    EXIT_REFUSED, /* it could not start and said why: the same would happen again */
    EXIT_CRASHED, /* it ended by a signal or with an error status */
};

struct emulator {
    pid_t pid;          /* 0 when there is none */
    int output;         /* what it prints, -1 when closed */
    struct link driver; /* the socket pair to the driver inside it */
    uint64_t started_ms;
    struct line_buffer words;
    char complaint[256]; /* the first error it printed since it was started */
    char banner[64];     /* name and version as it prints them */
};

uint64_t now_ms(void);

void emulator_init(struct emulator *emulator);

/* False with a reason in `error` when no process can be started. */
bool emulator_start(struct emulator *emulator, const struct options *options, char error[256]);

/* Reads what it printed; passes it on to the agent's stderr. */
void emulator_read_output(struct emulator *emulator);

/* Kills it and everything it started, at once. */
void emulator_kill(struct emulator *emulator);

/* The process has ended with this wait status. `reason` tells people why, in the emulator's words where it had any. */
enum emulator_exit emulator_ended(struct emulator *emulator, int wait_status, char reason[256]);

#endif
