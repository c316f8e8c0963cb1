/*
 * Writes the checksum of a Macintosh ROM into its first four bytes: the sum, modulo 2^32, of the big-endian 16-bit
 * words from offset 4 on.
 *
 * usage: rom-checksum FILE
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    FILE *file = argc == 2 ? fopen(argv[1], "r+b") : NULL;
    if (file == NULL) {
        fprintf(stderr, "usage: rom-checksum FILE (which must exist and be writable)\n");
        return 1;
    }
    uint32_t sum = 0;
    fseek(file, 4, SEEK_SET);
    for (int high = fgetc(file), low = fgetc(file); high != EOF && low != EOF; high = fgetc(file), low = fgetc(file)) {
        sum += (uint32_t) (high << 8 | low);
    }
    unsigned char stored[4] = {(unsigned char) (sum >> 24), (unsigned char) (sum >> 16), (unsigned char) (sum >> 8),
                               (unsigned char) sum};
    fseek(file, 0, SEEK_SET);
    if (fwrite(stored, 1, sizeof stored, file) != sizeof stored || fclose(file) != 0) {
        perror(argv[1]);
        return 1;
    }
    printf("%08x\n", sum);
    return 0;
}
