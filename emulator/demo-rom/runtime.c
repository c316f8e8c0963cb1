/* The functions the compiler calls by itself. */
#include "types.h"

void *memcpy(void *to, const void *from, unsigned long count);
void *memset(void *to, int value, unsigned long count);

void *memcpy(void *to, const void *from, unsigned long count) {
    u8 *target = to;
    const u8 *source = from;
    while (count-- > 0) {
        *target++ = *source++;
    }
    return to;
}

void *memset(void *to, int value, unsigned long count) {
    u8 *target = to;
    while (count-- > 0) {
        *target++ = (u8) value;
    }
    return to;
}
