package sherd.engine.archive.arrow;

import java.util.Arrays;
import sherd.engine.archive.file.ByteSink;
import sherd.engine.archive.file.FileAppender;

/** Where each buffer of a batch goes in its body, decided before the header is written. */
final class BodyPlan {
    final long[] offsets;
    final long[] lengths;
    int count;
    long end;

    private final long[] sources;
    /** The length before compression, {@link ArrowLayout#RAW}, or 0 for a buffer without prefix. */
    private final long[] prefixes;

    private final boolean[] relative;
    private final ByteSink prefix = new ByteSink();

    BodyPlan(int capacity) {
        offsets = new long[capacity];
        lengths = new long[capacity];
        sources = new long[capacity];
        prefixes = new long[capacity];
        relative = new boolean[capacity];
    }

    /** For the next batch. */
    void clear() {
        count = 0;
        end = 0;
        Arrays.fill(relative, false);
    }

    /** Bytes as they are; with a prefix that says so if the batch counts as compressed. */
    void raw(long address, long length, boolean prefixed) {
        if (length == 0) {
            add(end, 0, address, 0);
        } else if (prefixed) {
            // The values start at a multiple of 64, the prefix just before them.
            long values = ArrowLayout.align(end + ArrowLayout.BUFFER_PREFIX);
            add(values - ArrowLayout.BUFFER_PREFIX, length + ArrowLayout.BUFFER_PREFIX, address, ArrowLayout.RAW);
        } else {
            add(ArrowLayout.align(end), length, address, 0);
        }
    }

    /** Compressed bytes, which lie at {@code source} from the start of the packed region. */
    void packed(long source, long length, long lengthBefore) {
        relative[count] = true;
        add(ArrowLayout.alignPacked(end), length + ArrowLayout.BUFFER_PREFIX, source, lengthBefore);
    }

    void write(FileAppender out, long packedAddress, long bodyStart) {
        for (int i = 0; i < count; i++) {
            if (lengths[i] == 0) {
                continue;
            }
            out.zeros((int) (bodyStart + offsets[i] - out.position()));
            long length = lengths[i];
            if (prefixes[i] != 0) {
                prefix.clear();
                prefix.putLong(prefixes[i]);
                out.put(prefix.array(), 0, prefix.size());
                length -= ArrowLayout.BUFFER_PREFIX;
            }
            out.put(relative[i] ? packedAddress + sources[i] : sources[i], length);
        }
    }

    private void add(long offset, long length, long source, long prefix) {
        offsets[count] = offset;
        lengths[count] = length;
        sources[count] = source;
        prefixes[count] = prefix;
        count++;
        end = offset + length;
    }
}
