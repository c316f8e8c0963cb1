/* The control protocol's messages as the driver understands them: JSON in, input and answers out. */
#ifndef MACEMU_MESSAGES_H
#define MACEMU_MESSAGES_H

#include <stddef.h>

enum message_result {
    MESSAGE_DONE,
    MESSAGE_RESTART,  /* acknowledged: leave with MACEMU_EXIT_RESTART */
    MESSAGE_SHUTDOWN, /* acknowledged: quit cleanly */
};

/* Takes one line of the answer, without newline. */
typedef void (*message_answer)(const char *line, size_t length);

/* Handles one line; NULL stands for a line that was too long. Wrong input is answered with an `error` message. */
enum message_result messages_handle(const char *line, size_t length, message_answer answer);

/* Asks the program to quit as if its window was closed, and ends it when it has not done so after the grace. */
void messages_begin_shutdown(void);

#endif
