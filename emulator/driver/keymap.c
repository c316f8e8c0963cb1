#include "keymap.h"

/*
 * keyCode values as the browsers send them: the table of "UI Events" (legacy key attributes) plus the codes of
 * Firefox and of Windows' virtual keys where they differ. Two codes for one key are both listed.
 */
static const unsigned short scancodes[256] = {
    [3] = SDL_SCANCODE_PAUSE, /* Ctrl-Break */
    [8] = SDL_SCANCODE_BACKSPACE,
    [9] = SDL_SCANCODE_TAB,
    [12] = SDL_SCANCODE_NUMLOCKCLEAR, /* Clear; numeric 5 without Num Lock */
    [13] = SDL_SCANCODE_RETURN,
    [16] = SDL_SCANCODE_LSHIFT,
    [17] = SDL_SCANCODE_LCTRL,
    [18] = SDL_SCANCODE_LALT,
    [19] = SDL_SCANCODE_PAUSE,
    [20] = SDL_SCANCODE_CAPSLOCK,
    [21] = SDL_SCANCODE_LANG1,         /* Hangul */
    [25] = SDL_SCANCODE_LANG2,         /* Hanja */
    [27] = SDL_SCANCODE_ESCAPE,
    [28] = SDL_SCANCODE_INTERNATIONAL4, /* Convert */
    [29] = SDL_SCANCODE_INTERNATIONAL5, /* NonConvert */
    [32] = SDL_SCANCODE_SPACE,
    [33] = SDL_SCANCODE_PAGEUP,
    [34] = SDL_SCANCODE_PAGEDOWN,
    [35] = SDL_SCANCODE_END,
    [36] = SDL_SCANCODE_HOME,
    [37] = SDL_SCANCODE_LEFT,
    [38] = SDL_SCANCODE_UP,
    [39] = SDL_SCANCODE_RIGHT,
    [40] = SDL_SCANCODE_DOWN,
    [41] = SDL_SCANCODE_SELECT,
    [42] = SDL_SCANCODE_PRINTSCREEN,
    [43] = SDL_SCANCODE_EXECUTE,
    [44] = SDL_SCANCODE_PRINTSCREEN,
    [45] = SDL_SCANCODE_INSERT,
    [46] = SDL_SCANCODE_DELETE,
    [47] = SDL_SCANCODE_HELP,
    [48] = SDL_SCANCODE_0,
    [49] = SDL_SCANCODE_1,
    [50] = SDL_SCANCODE_2,
    [51] = SDL_SCANCODE_3,
    [52] = SDL_SCANCODE_4,
    [53] = SDL_SCANCODE_5,
    [54] = SDL_SCANCODE_6,
    [55] = SDL_SCANCODE_7,
    [56] = SDL_SCANCODE_8,
    [57] = SDL_SCANCODE_9,
    [58] = SDL_SCANCODE_SEMICOLON, /* Firefox on some layouts */
    [59] = SDL_SCANCODE_SEMICOLON, /* Firefox */
    [60] = SDL_SCANCODE_NONUSBACKSLASH, /* Firefox */
    [61] = SDL_SCANCODE_EQUALS,    /* Firefox */
    [63] = SDL_SCANCODE_SLASH,
    [65] = SDL_SCANCODE_A,
    [66] = SDL_SCANCODE_B,
    [67] = SDL_SCANCODE_C,
    [68] = SDL_SCANCODE_D,
    [69] = SDL_SCANCODE_E,
    [70] = SDL_SCANCODE_F,
    [71] = SDL_SCANCODE_G,
    [72] = SDL_SCANCODE_H,
    [73] = SDL_SCANCODE_I,
    [74] = SDL_SCANCODE_J,
    [75] = SDL_SCANCODE_K,
    [76] = SDL_SCANCODE_L,
    [77] = SDL_SCANCODE_M,
    [78] = SDL_SCANCODE_N,
    [79] = SDL_SCANCODE_O,
    [80] = SDL_SCANCODE_P,
    [81] = SDL_SCANCODE_Q,
    [82] = SDL_SCANCODE_R,
    [83] = SDL_SCANCODE_S,
    [84] = SDL_SCANCODE_T,
    [85] = SDL_SCANCODE_U,
    [86] = SDL_SCANCODE_V,
    [87] = SDL_SCANCODE_W,
    [88] = SDL_SCANCODE_X,
    [89] = SDL_SCANCODE_Y,
    [90] = SDL_SCANCODE_Z,
    [91] = SDL_SCANCODE_LGUI,
    [92] = SDL_SCANCODE_RGUI,
    [93] = SDL_SCANCODE_LGUI, /* right Command on macOS (location 2), Context Menu elsewhere */
    [95] = SDL_SCANCODE_SLEEP,
    [96] = SDL_SCANCODE_KP_0,
    [97] = SDL_SCANCODE_KP_1,
    [98] = SDL_SCANCODE_KP_2,
    [99] = SDL_SCANCODE_KP_3,
    [100] = SDL_SCANCODE_KP_4,
    [101] = SDL_SCANCODE_KP_5,
    [102] = SDL_SCANCODE_KP_6,
    [103] = SDL_SCANCODE_KP_7,
    [104] = SDL_SCANCODE_KP_8,
    [105] = SDL_SCANCODE_KP_9,
    [106] = SDL_SCANCODE_KP_MULTIPLY,
    [107] = SDL_SCANCODE_KP_PLUS,
    [108] = SDL_SCANCODE_KP_COMMA,
    [109] = SDL_SCANCODE_KP_MINUS,
    [110] = SDL_SCANCODE_KP_PERIOD,
    [111] = SDL_SCANCODE_KP_DIVIDE,
    [112] = SDL_SCANCODE_F1,
    [113] = SDL_SCANCODE_F2,
    [114] = SDL_SCANCODE_F3,
    [115] = SDL_SCANCODE_F4,
    [116] = SDL_SCANCODE_F5,
    [117] = SDL_SCANCODE_F6,
    [118] = SDL_SCANCODE_F7,
    [119] = SDL_SCANCODE_F8,
    [120] = SDL_SCANCODE_F9,
    [121] = SDL_SCANCODE_F10,
    [122] = SDL_SCANCODE_F11,
    [123] = SDL_SCANCODE_F12,
    [124] = SDL_SCANCODE_F13,
    [125] = SDL_SCANCODE_F14,
    [126] = SDL_SCANCODE_F15,
    [127] = SDL_SCANCODE_F16,
    [128] = SDL_SCANCODE_F17,
    [129] = SDL_SCANCODE_F18,
    [130] = SDL_SCANCODE_F19,
    [131] = SDL_SCANCODE_F20,
    [132] = SDL_SCANCODE_F21,
    [133] = SDL_SCANCODE_F22,
    [134] = SDL_SCANCODE_F23,
    [135] = SDL_SCANCODE_F24,
    [144] = SDL_SCANCODE_NUMLOCKCLEAR,
    [145] = SDL_SCANCODE_SCROLLLOCK,
    [160] = SDL_SCANCODE_GRAVE, /* Firefox: dead circumflex */
    [161] = SDL_SCANCODE_1,     /* Firefox: ! as a key of its own */
    [163] = SDL_SCANCODE_BACKSLASH, /* Firefox: # as a key of its own */
    [171] = SDL_SCANCODE_RIGHTBRACKET, /* Firefox: + as a key of its own */
    [173] = SDL_SCANCODE_MINUS, /* Firefox */
    [181] = SDL_SCANCODE_MUTE, /* Firefox */
    [182] = SDL_SCANCODE_VOLUMEDOWN,
    [183] = SDL_SCANCODE_VOLUMEUP,
    [186] = SDL_SCANCODE_SEMICOLON,
    [187] = SDL_SCANCODE_EQUALS,
    [188] = SDL_SCANCODE_COMMA,
    [189] = SDL_SCANCODE_MINUS,
    [190] = SDL_SCANCODE_PERIOD,
    [191] = SDL_SCANCODE_SLASH,
    [192] = SDL_SCANCODE_GRAVE,
    [193] = SDL_SCANCODE_INTERNATIONAL1, /* IntlRo */
    [194] = SDL_SCANCODE_KP_COMMA,       /* Brazilian numeric pad */
    [219] = SDL_SCANCODE_LEFTBRACKET,
    [220] = SDL_SCANCODE_BACKSLASH,
    [221] = SDL_SCANCODE_RIGHTBRACKET,
    [222] = SDL_SCANCODE_APOSTROPHE,
    [223] = SDL_SCANCODE_GRAVE, /* British layout */
    [224] = SDL_SCANCODE_LGUI,  /* Firefox on macOS */
    [225] = SDL_SCANCODE_RALT,  /* AltGraph */
    [226] = SDL_SCANCODE_NONUSBACKSLASH,
    [255] = SDL_SCANCODE_INTERNATIONAL3, /* IntlYen */
};

static SDL_Scancode right_variant(SDL_Scancode scancode) {
    switch (scancode) {
        case SDL_SCANCODE_LSHIFT: return SDL_SCANCODE_RSHIFT;
        case SDL_SCANCODE_LCTRL: return SDL_SCANCODE_RCTRL;
        case SDL_SCANCODE_LALT: return SDL_SCANCODE_RALT;
        case SDL_SCANCODE_LGUI: return SDL_SCANCODE_RGUI;
        default: return scancode;
    }
}

/* A numeric key without Num Lock, or one that browsers number like its twin on the main block. */
static SDL_Scancode numpad_variant(SDL_Scancode scancode) {
    switch (scancode) {
        case SDL_SCANCODE_RETURN: return SDL_SCANCODE_KP_ENTER;
        case SDL_SCANCODE_EQUALS: return SDL_SCANCODE_KP_EQUALS;
        case SDL_SCANCODE_COMMA: return SDL_SCANCODE_KP_COMMA;
        case SDL_SCANCODE_INSERT: return SDL_SCANCODE_KP_0;
        case SDL_SCANCODE_END: return SDL_SCANCODE_KP_1;
        case SDL_SCANCODE_DOWN: return SDL_SCANCODE_KP_2;
        case SDL_SCANCODE_PAGEDOWN: return SDL_SCANCODE_KP_3;
        case SDL_SCANCODE_LEFT: return SDL_SCANCODE_KP_4;
        case SDL_SCANCODE_RIGHT: return SDL_SCANCODE_KP_6;
        case SDL_SCANCODE_HOME: return SDL_SCANCODE_KP_7;
        case SDL_SCANCODE_UP: return SDL_SCANCODE_KP_8;
        case SDL_SCANCODE_PAGEUP: return SDL_SCANCODE_KP_9;
        case SDL_SCANCODE_DELETE: return SDL_SCANCODE_KP_PERIOD;
        case SDL_SCANCODE_PERIOD: return SDL_SCANCODE_KP_PERIOD;
        case SDL_SCANCODE_0: return SDL_SCANCODE_KP_0;
        default: break;
    }
    if (scancode >= SDL_SCANCODE_1 && scancode <= SDL_SCANCODE_9) {
        return (SDL_Scancode) (SDL_SCANCODE_KP_1 + (scancode - SDL_SCANCODE_1));
    }
    return scancode;
}

SDL_Scancode keymap_scancode(int key_code, int location) {
    if (key_code < 0 || key_code > 255) {
        return SDL_SCANCODE_UNKNOWN;
    }
    SDL_Scancode scancode = (SDL_Scancode) scancodes[key_code];
    if (key_code == 12 && location == KEY_NUMPAD) {
        return SDL_SCANCODE_KP_5;
    }
    switch (location) {
        case KEY_RIGHT: return right_variant(scancode);
        case KEY_NUMPAD: return numpad_variant(scancode);
        default: return scancode;
    }
}

/* The US layout from SDL_SCANCODE_1 (30) to SDL_SCANCODE_SLASH (56): plain and shifted. */
static const char plain[] = "1234567890\r\033\b\t -=[]\\#;'`,./";
static const char shifted[] = "!@#$%^&*()\r\033\b\t _+{}|~:\"~<>?";

char keymap_character(SDL_Scancode scancode, bool shift, bool caps) {
    if (scancode >= SDL_SCANCODE_A && scancode <= SDL_SCANCODE_Z) {
        return (char) ((shift != caps ? 'A' : 'a') + (scancode - SDL_SCANCODE_A));
    }
    if (scancode >= SDL_SCANCODE_1 && scancode <= SDL_SCANCODE_SLASH) {
        char character = (shift ? shifted : plain)[scancode - SDL_SCANCODE_1];
        return character >= ' ' ? character : 0;
    }
    switch (scancode) {
        case SDL_SCANCODE_NONUSBACKSLASH: return shift ? '>' : '<';
        case SDL_SCANCODE_KP_DIVIDE: return '/';
        case SDL_SCANCODE_KP_MULTIPLY: return '*';
        case SDL_SCANCODE_KP_MINUS: return '-';
        case SDL_SCANCODE_KP_PLUS: return '+';
        case SDL_SCANCODE_KP_EQUALS: return '=';
        case SDL_SCANCODE_KP_PERIOD: return '.';
        case SDL_SCANCODE_KP_COMMA: return ',';
        case SDL_SCANCODE_KP_0: return '0';
        default: break;
    }
    if (scancode >= SDL_SCANCODE_KP_1 && scancode <= SDL_SCANCODE_KP_9) {
        return (char) ('1' + (scancode - SDL_SCANCODE_KP_1));
    }
    return 0;
}

SDL_Keycode keymap_symbol(SDL_Scancode scancode) {
    switch (scancode) {
        case SDL_SCANCODE_RETURN: return SDLK_RETURN;
        case SDL_SCANCODE_ESCAPE: return SDLK_ESCAPE;
        case SDL_SCANCODE_BACKSPACE: return SDLK_BACKSPACE;
        case SDL_SCANCODE_TAB: return SDLK_TAB;
        case SDL_SCANCODE_DELETE: return SDLK_DELETE;
        default: break;
    }
    if ((scancode >= SDL_SCANCODE_A && scancode <= SDL_SCANCODE_SLASH) || scancode == SDL_SCANCODE_NONUSBACKSLASH) {
        char character = keymap_character(scancode, false, false);
        if (character != 0) {
            return (SDL_Keycode) character;
        }
    }
    return SDL_SCANCODE_TO_KEYCODE(scancode);
}
