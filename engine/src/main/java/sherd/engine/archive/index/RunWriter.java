package sherd.engine.archive.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import sherd.engine.archive.file.ByteSink;
import sherd.engine.archive.file.Failures;
import sherd.engine.disk.DiskFile;

/** Writes terms in the form of {@link RunLayout}. */
final class RunWriter {
    private final DiskFile file;
    private final ByteSink out = new ByteSink();
    private final byte[] before = new byte[TermLayout.MAX_TERM_BYTES];
    private int beforeLength;
    private long written;

    private RunWriter(DiskFile file) {
        this.file = file;
    }

    static void write(DiskFile file, TermSource terms) {
        var writer = new RunWriter(file);
        try {
            while (terms.next()) {
                writer.put(terms);
            }
            writer.out.putVar(0);
            writer.out.putVar(0);
            writer.flush();
        } catch (IOException e) {
            throw Failures.writing("a sorted run of words", e);
        }
    }

    private void put(TermSource terms) throws IOException {
        int shared = Arrays.mismatch(before, 0, beforeLength, terms.term(), 0, terms.length());
        shared = shared < 0 ? beforeLength : shared;
        int own = terms.length() - shared;
        out.putVar(shared);
        out.putVar(own);
        out.putBytes(terms.term(), shared, own);
        System.arraycopy(terms.term(), shared, before, shared, own);
        beforeLength = terms.length();
        out.putVar((long) terms.rows() << 1 | (terms.byBlocks() ? 1 : 0));
        out.putVar(terms.gaps().size());
        out.putBytes(terms.gaps().array(), 0, terms.gaps().size());
        if (out.size() >= RunLayout.BUFFER) {
            flush();
        }
    }

    private void flush() throws IOException {
        file.write(ByteBuffer.wrap(out.array(), 0, out.size()), written);
        written += out.size();
        out.clear();
    }
}
