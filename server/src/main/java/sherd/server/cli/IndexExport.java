package sherd.server.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePacker;
import sherd.engine.archive.Segment;
import sherd.engine.archive.TermRows;
import sherd.server.TimeText;

/**
 * The index of a segment as MessagePack, for programs that do not know our format.
 *
 * <pre>
 * { "segment_id": text, "term_index": { term: [row, ...], ... }, "doc_count": rows,
 *   "timestamp_range": [least, greatest] as RFC 3339, or nil without a time column }
 * </pre>
 */
final class IndexExport {
    private IndexExport() {}

    /** Returns how many rows of terms were written. */
    static long write(Segment segment, OutputStream out) throws IOException {
        var meta = segment.meta();
        var written = new long[1];
        var packer = MessagePack.newDefaultPacker(out);
        packer.packMapHeader(4);
        packer.packString("segment_id").packString(meta.id());
        packer.packString("term_index").packMapHeader(Math.toIntExact(TermRows.terms(segment)));
        try {
            TermRows.forEach(segment, (term, rows, count) -> {
                written[0] += count;
                pack(packer, term, rows, count);
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        packer.packString("doc_count").packLong(meta.rows());
        packer.packString("timestamp_range");
        if (meta.timeColumn() < 0 || meta.rows() == 0) {
            packer.packNil();
        } else {
            packer.packArrayHeader(2)
                    .packString(TimeText.format(meta.minTime()))
                    .packString(TimeText.format(meta.maxTime()));
        }
        packer.flush();
        return written[0];
    }

    private static void pack(MessagePacker packer, String term, int[] rows, int count) {
        try {
            packer.packString(term).packArrayHeader(count);
            for (int i = 0; i < count; i++) {
                packer.packInt(rows[i]);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
