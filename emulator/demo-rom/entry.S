/* Entry points of the program: start, A-line traps, interrupts, and the keyboard and mouse handlers. */
    .text

    .section .text.start, "ax"
    .globl start
start:
    move.w #0x2700, %sr             /* no interrupts until the vectors are set */
    lea 0xf000, %sp
    jsr demo_main
1:  bra 1b

    .text
/*
 * A Toolbox call that Basilisk II makes into the guest. `aline_trap` gets all registers and the exception frame, and
 * leaves in `frame` where the frame is after the call's arguments were taken off the stack.
 */
    .globl aline_entry
aline_entry:
    subq.l #4, %sp
    movem.l %d0-%d7/%a0-%a6, -(%sp)
    move.l %sp, -(%sp)
    jsr aline_trap
    addq.l #4, %sp
    movem.l (%sp)+, %d0-%d7/%a0-%a6
    move.l (%sp), %sp
    rte

    .globl interrupt_entry
interrupt_entry:
    movem.l %d0-%d7/%a0-%a6, -(%sp)
    .short 0x7129                   /* emulator: handle what interrupted (ticks, input, sound) */
    movem.l (%sp)+, %d0-%d7/%a0-%a6
    rte

/* Called by the emulator with a0 = {length, data...}. */
    .globl keyboard_entry
keyboard_entry:
    movem.l %d0-%d7/%a0-%a6, -(%sp)
    move.l %a0, -(%sp)
    jsr keyboard_packet
    addq.l #4, %sp
    movem.l (%sp)+, %d0-%d7/%a0-%a6
    rts

    .globl mouse_entry
mouse_entry:
    movem.l %d0-%d7/%a0-%a6, -(%sp)
    move.l %a0, -(%sp)
    jsr mouse_packet
    addq.l #4, %sp
    movem.l (%sp)+, %d0-%d7/%a0-%a6
    rts

    .globl ignore_entry
ignore_entry:
    rte

    .section .note.GNU-stack, "", @progbits
