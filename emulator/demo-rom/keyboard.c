#include "keyboard.h"

/* Codes 0x00 to 0x32, a blank where there is no key or it types nothing. */
static const char plain[] = "asdfhgzxcv\\bqweryt123465=97-80]ou[ip lj'k;\\,/nm.  `";
static const char shifted[] = "ASDFHGZXCV|BQWERYT!@#$^%+(&_*)}OU{IP LJ\"K:|<?NM>  ~";

/* Codes 0x41 to 0x5c, the numeric pad. */
static const char numeric_pad[] = ". * +     /  -  =01234567 89";

static bool shift_left, shift_right, caps, control, command, option;

void keyboard_track(u8 key, bool down) {
    switch (key) {
        case 0x36:
        case 0x7d: control = down; break;
        case 0x37: command = down; break;
        case 0x38: shift_left = down; break;
        case 0x7b: shift_right = down; break;
        case 0x39: caps = down; break; /* a locking key: it stays down while the light is on */
        case 0x3a:
        case 0x7c: option = down; break;
        default: break;
    }
}

char keyboard_character(u8 key) {
    if (control || command || option) {
        return 0;
    }
    if (key == 0x31) {
        return ' ';
    }
    char character = ' ';
    bool shift = shift_left || shift_right;
    if (key < sizeof plain - 1) {
        character = plain[key];
        if (shift || (caps && character >= 'a' && character <= 'z')) {
            character = shifted[key];
        }
    } else if (key >= 0x41 && key < 0x41 + sizeof numeric_pad - 1) {
        character = numeric_pad[key - 0x41];
    }
    return character == ' ' ? 0 : character;
}
