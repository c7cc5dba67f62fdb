package sherd.engine.archive.index;

import java.util.Arrays;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.archive.file.Extent;
import sherd.engine.archive.file.Failures;
import sherd.engine.archive.file.KeptBytes;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.error.StoreException;

/** Where the bytes of an index are: in memory, or in a file that may be mapped. Thread-safe. */
public sealed interface IndexBytes {
    long size();

    /** The file, for messages. */
    String fileName();

    /** A copy of bytes; whoever asks checks it, for the source may be damaged at any time. */
    byte[] read(long offset, long length, ReadStats stats);

    /** Bytes to be kept for long: in place where they are mapped. */
    KeptBytes keep(long offset, long length, ReadStats stats);

    /** Whether what is kept takes memory of its own. */
    boolean keepsCopies();

    StoreException corrupt(long offset, String problem);

    /** Fails if a range is not all there. */
    default void requireRange(long offset, long length) {
        if (offset < 0 || length < 0 || offset > size() - length) {
            throw corrupt(offset, "a range beyond the index: length=" + length);
        }
    }

    /** Bytes in memory. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record InMemory(byte[] bytes, String fileName) implements IndexBytes {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public byte[] read(long offset, long length, ReadStats stats) {
            requireRange(offset, length);
            stats.add(length);
            return Arrays.copyOfRange(bytes, (int) offset, (int) (offset + length));
        }

        @Override
        public KeptBytes keep(long offset, long length, ReadStats stats) {
            requireRange(offset, length);
            return KeptBytes.of(bytes, (int) offset, (int) length);
        }

        @Override
        public boolean keepsCopies() {
            return false;
        }

        @Override
        public StoreException corrupt(long offset, String problem) {
            return Failures.corruptSegment(fileName, offset, problem);
        }
    }

    /** A run of a file. */
    record InFile(CheckedFile file, Extent extent) implements IndexBytes {
        @Override
        public long size() {
            return extent.length();
        }

        @Override
        public String fileName() {
            return file.name();
        }

        @Override
        public byte[] read(long offset, long length, ReadStats stats) {
            requireRange(offset, length);
            return file.read(extent.offset() + offset, length, stats);
        }

        @Override
        public KeptBytes keep(long offset, long length, ReadStats stats) {
            return file.lasting(extent.offset() + offset, read(offset, length, stats));
        }

        @Override
        public boolean keepsCopies() {
            return !file.isMapped();
        }

        @Override
        public StoreException corrupt(long offset, String problem) {
            return Failures.corruptSegment(file.name(), extent.offset() + offset, problem);
        }
    }
}
