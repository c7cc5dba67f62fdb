package sherd.engine.log;

import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import sherd.engine.disk.DiskFile;
import sherd.engine.memory.OffHeap;

/**
 * The bytes of a commit log file. All numbers are little-endian; checksums are CRC-32C.
 *
 * <pre>
 * file    = file header, (frame | padding)*, [end mark]   log/%020d.log, named by its first LSN
 *
 * file header, 32 bytes                     frame header, 32 bytes
 *  0  magic "SHERDLOG"                       0  kind: "SFRM", "SPAD" padding, "SEND" end mark
 *  8  u32 version = 2                        4  u32 payload bytes
 * 12  u32 zero                               8  u64 first LSN
 * 16  u64 first LSN                         16  u64 durable LSN when the frame was written
 * 24  u32 salt                              24  u32 CRC of the payload
 * 28  u32 CRC of bytes 0 to 28              28  u32 CRC of the salt and bytes 0 to 28
 *
 * payload = batch*      batch = u32 length, bytes
 *
 * kept    = file header, bytes             log/%020d-%08x.cut, named by the LSN of the cut and its own CRC
 * </pre>
 *
 * <p>The stream of all payloads but those of padding put together is what LSNs count: a frame holds the stream from its first LSN to first
 * LSN + payload bytes, a batch of n bytes advances the LSN by 4 + n.
 *
 * <p>Every byte is under a checksum, and the frame header under its own, so a wrong length is seen as damage and not as
 * an unfinished write. The salt differs from file to file: no bytes a user stores, and no left-over of another file,
 * pass for a frame. The durable LSN tells, when a later frame is good and an earlier one is not, whether the earlier
 * one had reached the disk (then it was damaged) or not (then the power failed).
 */
final class LogLayout {
    static final String FOLDER = "log";
    static final int VERSION = 2;
    static final int FILE_HEADER_BYTES = 32;
    static final int FRAME_HEADER_BYTES = 32;
    static final int BATCH_HEADER_BYTES = 4;

    /** The frames of one write are cut at about this size; a longer batch makes a longer frame. */
    static final int FRAME_TARGET_BYTES = 4 << 20;

    static final int FRAME = 0x4D524653;
    static final int END_MARK = 0x444E4553;
    /** Its payload is zeros and no part of the stream: the next frame begins at a block of the disk. */
    static final int PADDING = 0x44415053;

    /** A kept file that is not whole yet. */
    static final String KEPT_TEMPORARY_NAME = "cut.tmp";

    static final String KEPT_TEMPORARY = FOLDER + "/" + KEPT_TEMPORARY_NAME;

    private static final long MAGIC = 0x474F4C4452454853L;
    private static final int CRC_OFFSET = 28;
    private static final String SUFFIX = ".log";
    private static final String KEPT_SUFFIX = ".cut";
    private static final int NAME_DIGITS = 20;
    private static final Pattern KEPT_NAME = Pattern.compile("[0-9]{" + NAME_DIGITS + "}-[0-9a-f]{8}\\" + KEPT_SUFFIX);
    private static final byte[] ZEROS = new byte[DiskFile.MAX_DIRECT_BLOCK];

    private LogLayout() {}

    static String fileName(long firstLsn) {
        return String.format(Locale.ROOT, "%s/%0" + NAME_DIGITS + "d%s", FOLDER, firstLsn, SUFFIX);
    }

    /** The first LSN a file's name (without the folder) tells, or -1 if this is no log file's name. */
    static long lsnOfName(String name) {
        if (name.length() != NAME_DIGITS + SUFFIX.length() || !name.endsWith(SUFFIX)) {
            return -1;
        }
        long lsn = 0;
        for (int i = 0; i < NAME_DIGITS; i++) {
            int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9 || lsn > (Long.MAX_VALUE - digit) / 10) {
                return -1;
            }
            lsn = lsn * 10 + digit;
        }
        return lsn;
    }

    /** The file for what is cut off at an LSN. Other bytes have another name, so no cut replaces what an earlier one kept. */
    static String keptFileName(long lsn, int crc) {
        return String.format(Locale.ROOT, "%s/%0" + NAME_DIGITS + "d-%08x%s", FOLDER, lsn, crc, KEPT_SUFFIX);
    }

    static boolean isKeptName(String name) {
        return KEPT_NAME.matcher(name).matches();
    }

    /** True if the name of a kept file tells this checksum. */
    static boolean tellsCrc(String keptName, int crc) {
        return keptName.endsWith(String.format(Locale.ROOT, "-%08x%s", crc, KEPT_SUFFIX));
    }

    static void writeFileHeader(long address, long firstLsn, int salt) {
        OffHeap.putLong(address, MAGIC);
        OffHeap.putInt(address + 8, VERSION);
        OffHeap.putInt(address + 12, 0);
        OffHeap.putLong(address + 16, firstLsn);
        OffHeap.putInt(address + 24, salt);
        OffHeap.putInt(address + CRC_OFFSET, crc(address, CRC_OFFSET));
    }

    static int salt(long fileHeader) {
        return OffHeap.getInt(fileHeader + 24);
    }

    /** What is wrong with a file header, or null. */
    static @Nullable String fileHeaderProblem(long address, long lsnOfName) {
        if (OffHeap.getLong(address) != MAGIC) {
            return "not a commit log file: its first bytes are wrong";
        }
        if (OffHeap.getInt(address + CRC_OFFSET) != crc(address, CRC_OFFSET)) {
            return "the file header fails its checksum";
        }
        if (OffHeap.getInt(address + 8) != VERSION) {
            return "unknown format: version=" + OffHeap.getInt(address + 8);
        }
        if (OffHeap.getLong(address + 16) != lsnOfName) {
            return "the file header and the file name disagree: header-lsn=" + OffHeap.getLong(address + 16);
        }
        return null;
    }

    /** Begins an empty frame; {@link #addBatch} fills it and {@link #sealFrame} completes it. */
    static void beginFrame(long frame, int kind, long firstLsn) {
        OffHeap.putInt(frame, kind);
        OffHeap.putInt(frame + 4, 0);
        OffHeap.putLong(frame + 8, firstLsn);
    }

    /** Writes padding of so many bytes, its header included. */
    static void writePadding(long frame, int bytes, long lsn, long durableLsn, int salt, CRC32C crc) {
        int payload = bytes - FRAME_HEADER_BYTES;
        beginFrame(frame, PADDING, lsn);
        fillFrame(frame, payload);
        crc.reset();
        crc.update(ZEROS, 0, payload);
        sealFrame(frame, durableLsn, (int) crc.getValue(), salt, crc);
    }

    /** The bytes of padding from an offset to the start of a block, or 0 if it is one. */
    static int paddingBytes(long offset, int block) {
        int missing = (int) (-offset & (block - 1));
        return missing == 0 || missing >= FRAME_HEADER_BYTES ? missing : missing + block;
    }

    static void addBatch(long frame, long batch, int length) {
        int payloadBytes = payloadBytes(frame);
        long target = frame + FRAME_HEADER_BYTES + payloadBytes;
        OffHeap.putInt(target, length);
        OffHeap.copy(batch, target + BATCH_HEADER_BYTES, length);
        OffHeap.putInt(frame + 4, payloadBytes + BATCH_HEADER_BYTES + length);
    }

    /** The same for the only batch of a frame, whose end is where it belongs already. */
    static void addHead(long frame, long head, int headBytes, int length) {
        long target = frame + FRAME_HEADER_BYTES;
        OffHeap.putInt(target, length);
        OffHeap.copy(head, target + BATCH_HEADER_BYTES, headBytes);
        OffHeap.putInt(frame + 4, BATCH_HEADER_BYTES + length);
    }

    /** Makes so many bytes of zeros the payload of a frame. */
    static void fillFrame(long frame, int bytes) {
        OffHeap.fill(frame + FRAME_HEADER_BYTES, bytes, (byte) 0);
        OffHeap.putInt(frame + 4, bytes);
    }

    static void sealFrame(long frame, long durableLsn, int payloadCrc, int salt, CRC32C crc) {
        OffHeap.putLong(frame + 16, durableLsn);
        OffHeap.putInt(frame + 24, payloadCrc);
        OffHeap.putInt(frame + CRC_OFFSET, headerCrc(frame, salt, crc));
    }

    static int kind(long frame) {
        return OffHeap.getInt(frame);
    }

    static int payloadBytes(long frame) {
        return OffHeap.getInt(frame + 4);
    }

    static long firstLsn(long frame) {
        return OffHeap.getLong(frame + 8);
    }

    static long durableLsn(long frame) {
        return OffHeap.getLong(frame + 16);
    }

    static int payloadCrc(long frame) {
        return OffHeap.getInt(frame + 24);
    }

    /** True for a header this file's writer made. */
    static boolean isFrameHeader(long frame, int salt, CRC32C crc) {
        int kind = kind(frame);
        return (kind == FRAME || kind == END_MARK || kind == PADDING)
                && OffHeap.getInt(frame + CRC_OFFSET) == headerCrc(frame, salt, crc)
                && payloadBytes(frame) >= 0;
    }

    static int crc(long address, int bytes) {
        var crc = new CRC32C();
        crc.update(OffHeap.buffer(address, bytes));
        return (int) crc.getValue();
    }

    private static int headerCrc(long frame, int salt, CRC32C crc) {
        crc.reset();
        for (int i = 0; i < Integer.SIZE; i += 8) {
            crc.update(salt >>> i);
        }
        // So few that a buffer, which is garbage afterwards, would cost more.
        for (int i = 0; i < CRC_OFFSET; i++) {
            crc.update(OffHeap.getUnsignedByte(frame + i));
        }
        return (int) crc.getValue();
    }
}
