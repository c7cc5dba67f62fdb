package sherd.engine.archive.file;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Locale;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/**
 * A member's header in a tar file (POSIX ustar).
 *
 * <pre>
 *   0 name 100 | 100 mode 8 | 108 uid 8 | 116 gid 8 | 124 size 12 | 136 mtime 12 | 148 checksum 8 | 156 type 1
 * 157 link 100 | 257 "ustar" 6 | 263 "00" 2 | 265 user 32 | 297 group 32 | 329 major 8 | 337 minor 8 | 345 zeros
 * </pre>
 *
 * Numbers are octal digits ended by a zero byte. Everything but name, size and time is constant, so a reader can
 * rebuild a header and compare every byte of it.
 */
public final class TarLayout {
    public static final int BLOCK = 512;
    /** Two blocks of zeros end the file. */
    public static final int END_BYTES = 2 * BLOCK;

    private static final long MAX_SIZE = (1L << 33) - 1;
    private static final int NAME = 0;
    private static final int MODE = 100;
    private static final int UID = 108;
    private static final int GID = 116;
    private static final int SIZE = 124;
    private static final int MTIME = 136;
    private static final int CHECKSUM = 148;
    private static final int TYPE = 156;
    private static final int MAGIC = 257;
    private static final int USER = 265;
    private static final int GROUP = 297;
    private static final int MAJOR = 329;
    private static final int MINOR = 337;

    private TarLayout() {}

    public static byte[] header(String name, long size, long mtimeSeconds) {
        if (size > MAX_SIZE) {
            throw new StoreException(
                    ErrorCode.TOO_LARGE,
                    "too large for a tar member: member=" + name + " bytes=" + size + " limit=" + MAX_SIZE
                            + "; write smaller segments");
        }
        var header = new byte[BLOCK];
        text(header, NAME, name);
        text(header, MODE, "0000644");
        text(header, UID, "0000000");
        text(header, GID, "0000000");
        text(header, SIZE, octal(size));
        text(header, MTIME, octal(mtimeSeconds));
        text(header, CHECKSUM, "        ");
        text(header, TYPE, "0");
        text(header, MAGIC, "ustar\u000000");
        text(header, USER, "sherd");
        text(header, GROUP, "sherd");
        text(header, MAJOR, "0000000");
        text(header, MINOR, "0000000");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xFF;
        }
        text(header, CHECKSUM, String.format(Locale.ROOT, "%06o\u0000 ", sum));
        return header;
    }

    /** Where a member's content ends, padding included. */
    public static long padded(long size) {
        return (size + BLOCK - 1) & -BLOCK;
    }

    private static String octal(long value) {
        return String.format(Locale.ROOT, "%011o", value);
    }

    private static void text(byte[] header, int offset, String text) {
        var bytes = text.getBytes(US_ASCII);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }
}
