/*
 * The 512 KiB ROM image as Basilisk II wants to see it, around a program of our own.
 *
 * Basilisk II patches the ROM it is given: it looks for byte sequences of a 32-bit clean Macintosh ROM and replaces
 * them by its own routines. The image therefore has, at the offsets where it looks, the few bytes it compares, an
 * empty resource list and an empty trap table. None of it is ever executed except the jump to `boot`; no code or data
 * of Apple's is in here.
 */
    .text

    .org 0
    .long 0                         /* checksum, filled in after linking */
    .long 0x0000002a                /* reset vector */
    .org 8
    .short 0x067c                   /* version: 32-bit clean */
    .org 0x1a
    .long resources
    .org 0x22
    .long trap_table
    .org 0x2a
    bra.w 0x8c
    .org 0xba
    .short 0x60ff                   /* bra.l boot: where Basilisk II leaves its own start-up code */
    .long boot - (0xba + 2)

    /* Places that are compared before they are patched. */
    .org 0x228
    .byte 0x41, 0xf9
    .org 0x232
    .byte 0x41, 0xf9
    .org 0x2f0
    .byte 0x41, 0xf9
    .org 0x94a
    .short 0xffff
    .org 0xa10
    .byte 0x08, 0x38, 0x00, 0x01, 0x0d, 0xd1, 0x67, 0x04

    /* Description of the machine ("universal info"): hardware present, no slots of its own. */
    .org 0x3500
    .long 0x40
    .long 0, 0
    .long 0x80
    .byte 0xdc, 0x00, 0x05, 0x05, 0x3f, 0xff, 0x01, 0x00
    .long 0, 0

    .org 0x6000
    .byte 0x0c, 0x47, 0x00, 0x03, 0x62, 0x00, 0xfe
    .org 0x6100
    .byte 0x0c, 0x2e, 0x00, 0x01, 0xff, 0xe6, 0x66, 0x0c, 0x4c, 0xed, 0x03, 0x87, 0xff, 0xe8
    .org 0xa100
    .byte 0x20, 0x78, 0x0c, 0xec, 0x11, 0x7c, 0x00, 0x90

    /* Room for the trap routines that Basilisk II writes; a trap every 256 bytes. */
    .org 0x20000
traps:
    .fill 0x2000, 1, 0

    /* Resources that are replaced: a linked list of (2 unused, next, data, type, id). */
resources:
    .long resource_1
resource_1:
    .long 0, 0, resource_2, driver_disk, 0x44525652, 0x00040000     /* DRVR 4 */
resource_2:
    .long 0, 0, resource_3, driver_serial, 0x53455244, 0x00000000   /* SERD 0 */
resource_3:
    .long 0, 0, resource_4, package, 0x5041434b, 0x00040000         /* PACK 4 */
resource_4:
    .long 0, 0, 0, package, 0x5041434b, 0x00040000
    .balign 256
package:
    .fill 256, 1, 0
driver_serial:
    .fill 0x1000, 1, 0
driver_disk:
    .fill 0x2000, 1, 0

    /* Compressed trap table: 0x80 skips a trap, 0xff is followed by an address. */
    .macro trap offset
    .byte 0xff
    .long traps + \offset
    .endm
    .macro unused count
    .fill \count, 1, 0x80
    .endm
    .balign 16
trap_table:
    unused 0x15
    trap 0x100                      /* A815 */
    unused (0x1fd - 0x16)
    trap 0x200                      /* A9FD */
    trap 0x300                      /* A9FE */
    unused (0x400 - 0x1ff)
    unused 0x53
    trap 0x400                      /* A053 */
    unused (0x58 - 0x54)
    trap 0x500                      /* A058 */
    trap 0x600                      /* A059 */
    trap 0x700                      /* A05A */
    trap 0x800                      /* A05B */
    unused (0x7c - 0x5c)
    trap 0x900                      /* A07C */
    unused (0x400 - 0x7d)

    /* Copies the program to RAM, where it was linked to run, and starts it. */
    .org 0x60000
boot:
    lea (program, %pc), %a0
    lea 0x10000, %a1
    move.l #(program_end - program + 3) / 4, %d0
1:  move.l (%a0)+, (%a1)+
    subq.l #1, %d0
    bne 1b
    jmp 0x10000
    .balign 16
program:
    .incbin "program.bin"
    .balign 4
    .long 0
program_end:
    .org 0x7ffff
    .byte 0

    .section .note.GNU-stack, "", @progbits
