#include "keymap.h"

#include "check.h"

/* KeyboardEvent.code -> keyCode and location as browsers send them on a US keyboard, and the key it is. */
static const struct {
    const char *code;
    int key_code, location;
    SDL_Scancode scancode;
} keys[] = {
    {"KeyA", 65, 0, SDL_SCANCODE_A}, {"KeyM", 77, 0, SDL_SCANCODE_M}, {"KeyZ", 90, 0, SDL_SCANCODE_Z},
    {"Digit0", 48, 0, SDL_SCANCODE_0}, {"Digit1", 49, 0, SDL_SCANCODE_1}, {"Digit9", 57, 0, SDL_SCANCODE_9},
    {"Escape", 27, 0, SDL_SCANCODE_ESCAPE}, {"Backspace", 8, 0, SDL_SCANCODE_BACKSPACE},
    {"Tab", 9, 0, SDL_SCANCODE_TAB}, {"Enter", 13, 0, SDL_SCANCODE_RETURN}, {"Space", 32, 0, SDL_SCANCODE_SPACE},
    {"CapsLock", 20, 0, SDL_SCANCODE_CAPSLOCK},
    {"ShiftLeft", 16, 1, SDL_SCANCODE_LSHIFT}, {"ShiftRight", 16, 2, SDL_SCANCODE_RSHIFT},
    {"ControlLeft", 17, 1, SDL_SCANCODE_LCTRL}, {"ControlRight", 17, 2, SDL_SCANCODE_RCTRL},
    {"AltLeft", 18, 1, SDL_SCANCODE_LALT}, {"AltRight", 18, 2, SDL_SCANCODE_RALT},
    {"AltGraph", 225, 2, SDL_SCANCODE_RALT},
    {"MetaLeft", 91, 1, SDL_SCANCODE_LGUI}, {"MetaRight", 93, 2, SDL_SCANCODE_RGUI},
    {"MetaRight on Linux", 92, 2, SDL_SCANCODE_RGUI}, {"MetaLeft in Firefox", 224, 1, SDL_SCANCODE_LGUI},
    {"MetaRight in Firefox", 224, 2, SDL_SCANCODE_RGUI},
    {"Shift, no location", 16, 0, SDL_SCANCODE_LSHIFT}, {"Control, no location", 17, 0, SDL_SCANCODE_LCTRL},
    {"Alt, no location", 18, 0, SDL_SCANCODE_LALT}, {"93, no location", 93, 0, SDL_SCANCODE_LGUI},
    {"ArrowLeft", 37, 0, SDL_SCANCODE_LEFT}, {"ArrowUp", 38, 0, SDL_SCANCODE_UP},
    {"ArrowRight", 39, 0, SDL_SCANCODE_RIGHT}, {"ArrowDown", 40, 0, SDL_SCANCODE_DOWN},
    {"Delete", 46, 0, SDL_SCANCODE_DELETE}, {"Insert", 45, 0, SDL_SCANCODE_INSERT},
    {"Home", 36, 0, SDL_SCANCODE_HOME}, {"End", 35, 0, SDL_SCANCODE_END},
    {"PageUp", 33, 0, SDL_SCANCODE_PAGEUP}, {"PageDown", 34, 0, SDL_SCANCODE_PAGEDOWN},
    {"Semicolon", 186, 0, SDL_SCANCODE_SEMICOLON}, {"Semicolon in Firefox", 59, 0, SDL_SCANCODE_SEMICOLON},
    {"Quote", 222, 0, SDL_SCANCODE_APOSTROPHE}, {"Comma", 188, 0, SDL_SCANCODE_COMMA},
    {"Minus", 189, 0, SDL_SCANCODE_MINUS}, {"Minus in Firefox", 173, 0, SDL_SCANCODE_MINUS},
    {"Equal", 187, 0, SDL_SCANCODE_EQUALS}, {"Equal in Firefox", 61, 0, SDL_SCANCODE_EQUALS},
    {"Period", 190, 0, SDL_SCANCODE_PERIOD}, {"Slash", 191, 0, SDL_SCANCODE_SLASH},
    {"Backquote", 192, 0, SDL_SCANCODE_GRAVE}, {"BracketLeft", 219, 0, SDL_SCANCODE_LEFTBRACKET},
    {"Backslash", 220, 0, SDL_SCANCODE_BACKSLASH}, {"BracketRight", 221, 0, SDL_SCANCODE_RIGHTBRACKET},
    {"IntlBackslash", 226, 0, SDL_SCANCODE_NONUSBACKSLASH},
    {"F1", 112, 0, SDL_SCANCODE_F1}, {"F12", 123, 0, SDL_SCANCODE_F12}, {"F13", 124, 0, SDL_SCANCODE_F13},
    {"F24", 135, 0, SDL_SCANCODE_F24},
    {"PrintScreen", 44, 0, SDL_SCANCODE_PRINTSCREEN}, {"ScrollLock", 145, 0, SDL_SCANCODE_SCROLLLOCK},
    {"Pause", 19, 0, SDL_SCANCODE_PAUSE},
    {"NumLock", 144, 0, SDL_SCANCODE_NUMLOCKCLEAR}, {"Clear", 12, 3, SDL_SCANCODE_KP_5},
    {"Numpad0", 96, 3, SDL_SCANCODE_KP_0}, {"Numpad1", 97, 3, SDL_SCANCODE_KP_1},
    {"Numpad9", 105, 3, SDL_SCANCODE_KP_9}, {"Numpad0, no lock", 45, 3, SDL_SCANCODE_KP_0},
    {"Numpad1, no lock", 35, 3, SDL_SCANCODE_KP_1}, {"Numpad9, no lock", 33, 3, SDL_SCANCODE_KP_9},
    {"NumpadDecimal", 110, 3, SDL_SCANCODE_KP_PERIOD}, {"NumpadAdd", 107, 3, SDL_SCANCODE_KP_PLUS},
    {"NumpadSubtract", 109, 3, SDL_SCANCODE_KP_MINUS}, {"NumpadMultiply", 106, 3, SDL_SCANCODE_KP_MULTIPLY},
    {"NumpadDivide", 111, 3, SDL_SCANCODE_KP_DIVIDE}, {"NumpadEnter", 13, 3, SDL_SCANCODE_KP_ENTER},
    {"NumpadEqual", 187, 3, SDL_SCANCODE_KP_EQUALS}, {"NumpadEqual in Firefox", 61, 3, SDL_SCANCODE_KP_EQUALS},
};

void test_keymap(void) {
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        check(keymap_scancode(keys[i].key_code, keys[i].location) == keys[i].scancode, keys[i].code, __FILE__,
              __LINE__);
    }
    for (int letter = 0; letter < 26; letter++) {
        SDL_Scancode scancode = keymap_scancode('A' + letter, 0);
        CHECK(keymap_symbol(scancode) == 'a' + letter);
        CHECK(keymap_character(scancode, false, false) == 'a' + letter);
        CHECK(keymap_character(scancode, true, false) == 'A' + letter);
        CHECK(keymap_character(scancode, false, true) == 'A' + letter);
        CHECK(keymap_character(scancode, true, true) == 'a' + letter);
    }
    for (int digit = 0; digit < 10; digit++) {
        CHECK(keymap_symbol(keymap_scancode('0' + digit, 0)) == '0' + digit);
        CHECK(keymap_character(keymap_scancode(96 + digit, 3), true, true) == '0' + digit);
        CHECK(keymap_character(keymap_scancode('0' + digit, 0), true, false) == ")!@#$%^&*("[digit]);
    }
    CHECK(keymap_symbol(SDL_SCANCODE_SLASH) == SDLK_SLASH);
    CHECK(keymap_symbol(SDL_SCANCODE_MINUS) == SDLK_MINUS);
    CHECK(keymap_symbol(SDL_SCANCODE_GRAVE) == SDLK_BACKQUOTE);
    CHECK(keymap_symbol(SDL_SCANCODE_RETURN) == SDLK_RETURN);
    CHECK(keymap_symbol(SDL_SCANCODE_KP_ENTER) == SDLK_KP_ENTER);
    CHECK(keymap_symbol(SDL_SCANCODE_F12) == SDLK_F12);
    CHECK(keymap_symbol(SDL_SCANCODE_DELETE) == SDLK_DELETE);
    CHECK(keymap_symbol(SDL_SCANCODE_LGUI) == SDLK_LGUI);
    CHECK(keymap_character(SDL_SCANCODE_SLASH, true, false) == '?');
    CHECK(keymap_character(SDL_SCANCODE_RETURN, false, false) == 0);
    CHECK(keymap_character(SDL_SCANCODE_F1, false, false) == 0);

    CHECK(keymap_scancode(0, 0) == SDL_SCANCODE_UNKNOWN);
    CHECK(keymap_scancode(229, 0) == SDL_SCANCODE_UNKNOWN); /* an input method is composing */
    CHECK(keymap_scancode(256, 0) == SDL_SCANCODE_UNKNOWN);
    CHECK(keymap_scancode(-1, 0) == SDL_SCANCODE_UNKNOWN);
}
