package sherd.bench.fuzz;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * Makes the checksums of a damaged file right again, as far as its structure can still be followed: else no damage
 * would get past them. The layouts are those of docs/formats.
 */
final class Seal {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int LOG_HEADER = 32;
    private static final int CATALOG_HEADER = 20;
    private static final int FOOTER = 512;
    private static final int FOOTER_FROM_END = 1536;
    private static final int EXTENTS = 48;
    private static final int EXTENT = 24;
    private static final int EXTENT_COUNT = 9;
    private static final int BLOCKS = 5;
    private static final int BLOCK = 48;
    private static final int TERMS = 4;
    private static final int INDEX_TAIL = 80;
    private static final int GROUP = 16;

    private Seal() {}

    /** One input in four stays as it is, so that the checksums are tried too. */
    static boolean wanted(byte[] input) {
        return (Arrays.hashCode(input) & 3) != 0;
    }

    static void catalog(byte[] file) {
        if (file.length >= CATALOG_HEADER + 4) {
            LONG.set(file, 12, (long) file.length);
            INT.set(file, file.length - 4, crc(file, 0, file.length - 4));
        }
    }

    static byte[] routes(byte[] file) {
        int line = 0;
        while (line < file.length && file[line] != '\n') {
            line++;
        }
        var end = String.format(Locale.ROOT, "\ncrc32c:%08x%n", crc(file, 0, line))
                .getBytes(US_ASCII);
        var sealed = Arrays.copyOf(file, line + end.length);
        System.arraycopy(end, 0, sealed, line, end.length);
        return sealed;
    }

    static void log(byte[] file) {
        if (file.length < LOG_HEADER) {
            return;
        }
        INT.set(file, 28, crc(file, 0, 28));
        int salt = (int) INT.get(file, 24);
        for (int at = LOG_HEADER; at <= file.length - LOG_HEADER; ) {
            int payload = (int) INT.get(file, at + 4);
            if (payload < 0 || payload > file.length - at - LOG_HEADER) {
                payload = file.length - at - LOG_HEADER;
                INT.set(file, at + 4, payload);
            }
            INT.set(file, at + 24, crc(file, at + LOG_HEADER, payload));
            var crc = new CRC32C();
            for (int shift = 0; shift < Integer.SIZE; shift += 8) {
                crc.update(salt >>> shift);
            }
            crc.update(file, at, 28);
            INT.set(file, at + 28, (int) crc.getValue());
            at += LOG_HEADER + payload;
        }
    }

    static void segment(byte[] file) {
        int footer = file.length - FOOTER_FROM_END;
        if (footer < 0) {
            return;
        }
        LONG.set(file, footer + 32, (long) file.length);
        blocks(file, footer);
        terms(file, footer);
        for (int i = 0; i < EXTENT_COUNT; i++) {
            int extent = footer + EXTENTS + i * EXTENT;
            long place = (long) LONG.get(file, extent);
            long length = (long) LONG.get(file, extent + 8);
            if (within(file, place, length)) {
                INT.set(file, extent + 16, crc(file, (int) place, (int) length));
            }
        }
        INT.set(file, footer + FOOTER - 4, crc(file, footer, FOOTER - 4));
    }

    private static void blocks(byte[] file, int footer) {
        int extent = footer + EXTENTS + BLOCKS * EXTENT;
        long place = (long) LONG.get(file, extent);
        long length = (long) LONG.get(file, extent + 8);
        if (!within(file, place, length)) {
            return;
        }
        for (long at = place; at + BLOCK <= place + length; at += BLOCK) {
            int block = (int) at;
            long start = FOOTER + (long) LONG.get(file, block);
            long bytes = (int) INT.get(file, block + 8) + (long) LONG.get(file, block + 16);
            if (within(file, start, bytes)) {
                INT.set(file, block + 24, crc(file, (int) start, (int) bytes));
            }
        }
    }

    /** Dictionary blocks, what finds them, and the tail that says where that is. */
    private static void terms(byte[] file, int footer) {
        int extent = footer + EXTENTS + TERMS * EXTENT;
        long place = (long) LONG.get(file, extent);
        long end = place + (long) LONG.get(file, extent + 8);
        if (!within(file, place, end - place) || end - place < INDEX_TAIL) {
            return;
        }
        int tail = (int) end - INDEX_TAIL;
        int groups = (int) INT.get(file, tail + 44);
        long entries = tail - (long) groups * GROUP;
        long firsts = entries - (int) INT.get(file, tail + 40);
        if (groups >= 0 && entries >= place && firsts >= place && firsts <= entries) {
            for (int entry = (int) entries; entry < tail; entry += GROUP) {
                long located = (long) LONG.get(file, entry);
                long block = place + (located >>> 24);
                int length = (int) (located & 0xFF_FFFF);
                if (within(file, block, length)) {
                    INT.set(file, entry + 8, crc(file, (int) block, length));
                }
            }
            INT.set(file, tail + 48, crc(file, (int) firsts, tail - (int) firsts));
        }
        INT.set(file, tail + INDEX_TAIL - 4, crc(file, tail, INDEX_TAIL - 4));
    }

    private static boolean within(byte[] file, long place, long length) {
        return place >= 0 && length >= 0 && place <= file.length && length <= file.length - place;
    }

    private static int crc(byte[] bytes, int offset, int length) {
        var crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }
}
