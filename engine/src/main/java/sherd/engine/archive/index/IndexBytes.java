package sherd.engine.archive.index;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.archive.file.Extent;
import sherd.engine.archive.file.Failures;
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
    MemorySegment keep(long offset, long length, ReadStats stats);

    /** Whether what is kept takes memory of its own. */
    boolean keepsCopies();

    StoreException corrupt(long offset, String problem);

    /** Bytes in memory. */
    record Mapped(MemorySegment bytes, String file, long place) implements IndexBytes {
        @Override
        public long size() {
            return bytes.byteSize();
        }

        @Override
        public String fileName() {
            return file;
        }

        @Override
        public byte[] read(long offset, long length, ReadStats stats) {
            if (offset < 0 || length < 0 || length > Integer.MAX_VALUE - 16 || offset > size() - length) {
                throw corrupt(offset, "a range beyond the index: length=" + length);
            }
            var copy = new byte[(int) length];
            try {
                MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, offset, copy, 0, copy.length);
            } catch (InternalError e) {
                // What the JVM makes of a page that the file no longer has.
                throw Failures.corruptSegment(file, place + offset, "the file was cut while open", e);
            }
            stats.add(length);
            return copy;
        }

        @Override
        public MemorySegment keep(long offset, long length, ReadStats stats) {
            return bytes.asSlice(offset, length);
        }

        @Override
        public boolean keepsCopies() {
            return false;
        }

        @Override
        public StoreException corrupt(long offset, String problem) {
            return Failures.corruptSegment(file, place + offset, problem);
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
            if (offset < 0 || length < 0 || offset > size() - length) {
                throw corrupt(offset, "a range beyond the index: length=" + length);
            }
            return file.read(extent.offset() + offset, length, stats);
        }

        @Override
        public MemorySegment keep(long offset, long length, ReadStats stats) {
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
