/* Messages in, SDL events and answers out; SDL's real event queue is used. */
#include "messages.h"

#include <SDL.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "input.h"
#include "video.h"

static char answers[8][400];
static int answer_count;

static void remember(const char *line, size_t length) {
    if (answer_count < 8) {
        snprintf(answers[answer_count++], sizeof answers[0], "%.*s", (int) length, line);
    }
}

static enum message_result send(const char *line) {
    return messages_handle(line, strlen(line), remember);
}

static SDL_Event events[64];

static int take_events(void) {
    return SDL_PeepEvents(events, 64, SDL_GETEVENT, SDL_FIRSTEVENT, SDL_LASTEVENT);
}

static void start(void) {
    take_events();
    answer_count = 0;
}

static bool answered_error(const char *part) {
    bool matches = answer_count == 1 && strncmp(answers[0], "{\"type\":\"error\",\"message\":\"", 27) == 0
            && strstr(answers[0], part) != NULL;
    if (!matches) {
        printf("answers: %d, first: %s\n", answer_count, answer_count > 0 ? answers[0] : "none");
    }
    return matches;
}

static void mouse(void) {
    start();
    send("{\"type\":\"mouse_move\",\"x\":100,\"y\":200}");
    CHECK(take_events() == 1 && events[0].type == SDL_MOUSEMOTION && events[0].motion.x == 100
          && events[0].motion.y == 200 && events[0].motion.windowID == 7);
    send("{\"type\":\"mouse_move\",\"x\":100,\"y\":200}"); /* nothing changed */
    CHECK(take_events() == 0);
    send(" { \"dy\" : -2 , \"dx\" : 3.0 , \"type\" : \"mouse_move\" } \r");
    CHECK(take_events() == 1 && events[0].motion.x == 103 && events[0].motion.y == 198 && events[0].motion.xrel == 3
          && events[0].motion.yrel == -2);
    send("{\"type\":\"mouse_move\",\"x\":-5,\"y\":99999999999}");
    CHECK(take_events() == 1 && events[0].motion.x == 0 && events[0].motion.y == 479);

    send("{\"type\":\"mouse_button\",\"x\":10,\"y\":20,\"button\":0,\"pressed\":true}");
    CHECK(take_events() == 2 && events[0].type == SDL_MOUSEMOTION && events[1].type == SDL_MOUSEBUTTONDOWN
          && events[1].button.button == SDL_BUTTON_LEFT && events[1].button.x == 10 && events[1].button.clicks == 1);
    send("{\"type\":\"mouse_button\",\"x\":10,\"y\":20,\"button\":0,\"pressed\":true}");
    CHECK(take_events() == 0); /* it is down already */
    int x, y;
    CHECK(input_mouse_state(&x, &y) == SDL_BUTTON(SDL_BUTTON_LEFT) && x == 10 && y == 20);
    send("{\"type\":\"mouse_button\",\"button\":0,\"pressed\":false}");
    CHECK(take_events() == 1 && events[0].type == SDL_MOUSEBUTTONUP);
    send("{\"type\":\"mouse_button\",\"button\":0,\"pressed\":false}");
    CHECK(take_events() == 0);
    send("{\"type\":\"mouse_button\",\"button\":0,\"pressed\":true}");
    CHECK(take_events() == 1 && events[0].button.clicks == 2);
    send("{\"type\":\"mouse_button\",\"button\":2,\"pressed\":true}");
    CHECK(take_events() == 1 && events[0].button.button == SDL_BUTTON_RIGHT);
    input_release_all();
    CHECK(take_events() == 2 && input_mouse_state(NULL, NULL) == 0);

    /* A locked pointer: the place in a button message is not followed, until the pointer is moved to one again. */
    send("{\"type\":\"mouse_move\",\"dx\":5,\"dy\":5}");
    CHECK(take_events() == 1 && events[0].motion.x == 15 && events[0].motion.y == 25);
    send("{\"type\":\"mouse_button\",\"x\":300,\"y\":300,\"button\":0,\"pressed\":true}");
    CHECK(take_events() == 1 && events[0].type == SDL_MOUSEBUTTONDOWN && events[0].button.x == 15);
    send("{\"type\":\"mouse_button\",\"x\":300,\"y\":300,\"button\":0,\"pressed\":false}");
    CHECK(take_events() == 1 && events[0].type == SDL_MOUSEBUTTONUP && input_mouse_state(&x, &y) == 0 && x == 15
          && y == 25);
    send("{\"type\":\"mouse_move\",\"x\":11,\"y\":21}");
    CHECK(take_events() == 1);
    send("{\"type\":\"mouse_button\",\"x\":30,\"y\":40,\"button\":0,\"pressed\":true}");
    CHECK(take_events() == 2 && events[1].button.x == 30 && events[1].button.y == 40);
    input_release_all();
    CHECK(take_events() == 1);

    send("{\"type\":\"mouse_wheel\",\"dx\":0,\"dy\":-3}");
    CHECK(take_events() == 1 && events[0].type == SDL_MOUSEWHEEL && events[0].wheel.y == 3);
    send("{\"type\":\"mouse_wheel\",\"dy\":0.5}");
    CHECK(take_events() == 0);
    send("{\"type\":\"mouse_wheel\",\"dy\":0.5}");
    CHECK(take_events() == 1 && events[0].wheel.y == -1);
    CHECK(answer_count == 0);
}

static void keys(void) {
    start();
    send("{\"type\":\"key\",\"code\":65,\"pressed\":true,\"ctrl\":false,\"alt\":false,\"shift\":false,\"meta\":false}");
    CHECK(take_events() >= 1 && events[0].type == SDL_KEYDOWN && events[0].key.keysym.sym == SDLK_a
          && events[0].key.keysym.scancode == SDL_SCANCODE_A && events[0].key.repeat == 0
          && events[0].key.keysym.mod == KMOD_NONE);
    CHECK(input_keyboard_state(NULL)[SDL_SCANCODE_A] == 1);
    send("{\"type\":\"key\",\"code\":65,\"pressed\":true}");
    CHECK(take_events() == 0); /* the browser repeats, the guest does that itself */
    send("{\"type\":\"key\",\"code\":65,\"pressed\":false}");
    CHECK(take_events() == 1 && events[0].type == SDL_KEYUP);
    send("{\"type\":\"key\",\"code\":65,\"pressed\":false}");
    CHECK(take_events() == 0);

    send("{\"type\":\"key\",\"code\":16,\"pressed\":true,\"shift\":true,\"location\":2}");
    CHECK(take_events() == 1 && events[0].key.keysym.scancode == SDL_SCANCODE_RSHIFT);
    send("{\"type\":\"key\",\"code\":13,\"pressed\":true,\"shift\":true,\"location\":3}");
    CHECK(take_events() == 1 && events[0].key.keysym.sym == SDLK_KP_ENTER && events[0].key.keysym.mod == KMOD_RSHIFT);
    CHECK(input_modifier_state() == KMOD_RSHIFT);
    input_release_all();
    CHECK(take_events() == 2 && input_modifier_state() == KMOD_NONE);

    /* Caps Lock: down while the light is on. */
    send("{\"type\":\"key\",\"code\":20,\"pressed\":true}");
    CHECK(take_events() == 1 && events[0].type == SDL_KEYDOWN && (input_modifier_state() & KMOD_CAPS) != 0);
    send("{\"type\":\"key\",\"code\":20,\"pressed\":false}");
    CHECK(take_events() == 0);
    send("{\"type\":\"key\",\"code\":20,\"pressed\":true}");
    CHECK(take_events() == 1 && events[0].type == SDL_KEYUP && (input_modifier_state() & KMOD_CAPS) == 0);
    send("{\"type\":\"key\",\"code\":20,\"pressed\":false}");
    CHECK(take_events() == 0 && answer_count == 0);
}

static void errors(void) {
    static const struct {
        const char *line, *error;
    } wrong[] = {
        {"nonsense", "not valid JSON at byte"},
        {"{\"type\":\"status\"} trailing", "not valid JSON at byte"},
        {"{\"type\":\"status\"", "not valid JSON"},
        {"[1,2]", "JSON object"},
        {"null", ""},
        {"{}", "JSON object"},
        {"{\"type\":5}", "JSON object"},
        {"{\"type\":\"teleport\"}", "unknown type \\\"teleport\\\""},
        {"{\"type\":\"\xff\xfe\"}", "not valid JSON"},
        {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "not valid JSON"},
        {"{\"type\":\"mouse_move\"}", "mouse_move needs"},
        {"{\"type\":\"mouse_move\",\"x\":\"1\",\"y\":2}", "mouse_move needs"},
        {"{\"type\":\"mouse_move\",\"x\":1e999,\"y\":2}", "mouse_move needs"},
        {"{\"type\":\"mouse_move\",\"x\":NaN,\"y\":2}", ""},
        {"{\"type\":\"mouse_button\",\"button\":9,\"pressed\":true}", "mouse_button needs"},
        {"{\"type\":\"mouse_button\",\"button\":0,\"pressed\":1}", "mouse_button needs"},
        {"{\"type\":\"mouse_button\",\"button\":0,\"pressed\":true,\"x\":4}", "both"},
        {"{\"type\":\"mouse_wheel\"}", "mouse_wheel needs"},
        {"{\"type\":\"key\",\"code\":\"KeyA\",\"pressed\":true}", "key needs"},
        {"{\"type\":\"key\",\"code\":65.5,\"pressed\":true}", "key needs"},
        {"{\"type\":\"key\",\"code\":65}", "key needs"},
        {"{\"type\":\"key\",\"code\":65,\"pressed\":true,\"location\":7}", "location"},
        {"{\"type\":\"key\",\"code\":7,\"pressed\":true}", "no key has the keyCode 7"},
        {"{\"type\":\"get_config\"}", "without its agent"},
        {"{\"type\":\"set_config\",\"config\":{}}", "without its agent"},
        {"{\"type\":\"storage\"}", "without its agent"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        start();
        CHECK(send(wrong[i].line) == MESSAGE_DONE);
        check(answered_error(wrong[i].error), wrong[i].line, __FILE__, __LINE__);
        CHECK(take_events() == 0);
    }
    start();
    CHECK(messages_handle(NULL, 0, remember) == MESSAGE_DONE);
    CHECK(answered_error("at most 65536 bytes"));
    start();
    CHECK(messages_handle("{\"type\":\"a\0b\"}", 14, remember) == MESSAGE_DONE);
    CHECK(answer_count == 1);
    start();
    CHECK(send("") == MESSAGE_DONE && answer_count == 0);

    /* Foreign text in an error stays valid JSON. */
    start();
    send("{\"type\":\"\\u00e9\\\"\\n\"}");
    CHECK(answered_error("unknown type \\\"??\\\"\\n\\\""));
}

static void life_cycle(void) {
    start();
    CHECK(send("{\"type\":\"status\"}") == MESSAGE_DONE);
    CHECK(answer_count == 1 && strncmp(answers[0], "{\"type\":\"status\",\"running\":true,\"fps\":", 38) == 0);
    start();
    CHECK(send("{\"type\":\"restart\"}") == MESSAGE_RESTART);
    CHECK(answer_count == 1 && strcmp(answers[0], "{\"type\":\"ack\"}") == 0);
    start();
    CHECK(send("{\"type\":\"shutdown\"}") == MESSAGE_SHUTDOWN);
    CHECK(answer_count == 1 && strcmp(answers[0], "{\"type\":\"ack\"}") == 0);
}

/* Bytes at random never do more than make an error; run under the sanitizers. */
static void noise(void) {
    srand(7);
    for (int round = 0; round < 20000; round++) {
        char line[80];
        const char seed[] = "{\"type\":\"mouse_button\",\"x\":10,\"y\":20,\"button\":0,\"pressed\":true}";
        memcpy(line, seed, sizeof seed);
        size_t length = sizeof seed - 1;
        for (int change = 0; change < 3; change++) {
            line[(size_t) rand() % length] = (char) (rand() & 255);
        }
        if ((rand() & 3) == 0) {
            length = (size_t) rand() % length;
        }
        answer_count = 0;
        if (messages_handle(line, length, remember) != MESSAGE_DONE || answer_count > 1) {
            CHECK(false);
        }
        take_events();
    }
    CHECK(true);
}

void test_messages(void) {
    char name[64];
    strcpy(name, unique_segment("messages"));
    CHECK(SDL_Init(SDL_INIT_EVENTS) == 0);
    video_start(name);
    usleep(300000); /* the driver opens segments at most four times a second */
    uint8_t *frame = video_begin_frame(640, 480); /* the picture the mouse moves on */
    CHECK(frame != NULL);
    if (frame != NULL) {
        video_end_frame(640, 480, true);
    }
    input_set_window(7);
    mouse();
    keys();
    errors();
    life_cycle();
    noise();
    shm_unlink(name);
    SDL_Quit();
}
