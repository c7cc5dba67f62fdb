package sherd.server.loki;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import sherd.engine.command.RowBatch;
import sherd.server.loki.logql.Labels;
import sherd.server.loki.logql.Names;

/** Takes the lines of a pushed request, one stream after the other, and makes rows of them. */
final class PushBatch {
    private static final long NANOS_A_MILLI = 1_000_000;
    private static final int MOST_NAME = 1024;

    private final RowBatch rows;
    private final LokiLimits limits;
    private Labels stream = Labels.EMPTY;
    private byte[] streamBytes = {};

    PushBatch(RowBatch rows, LokiLimits limits) {
        this.rows = rows;
        this.limits = limits;
    }

    /** The lines to come belong to this stream. */
    void stream(Labels labels) {
        if (labels.size() == 0) {
            throw LokiException.bad("error at least one label pair is required per stream");
        }
        check(labels, labels);
        stream = labels;
        streamBytes = LabelsJson.bytes(labels);
    }

    private void check(Labels labels, Labels ofStream) {
        if (labels.size() > limits.labels()) {
            throw LokiException.bad(
                    "stream '" + ofStream + "' has " + labels.size() + " label names; limit " + limits.labels());
        }
        for (int i = 0; i < labels.size(); i++) {
            var name = labels.name(i);
            if (!Names.valid(name)) {
                throw LokiException.bad("stream '" + ofStream + "' has a bad label name: '" + name
                        + "'; use letters, digits and '_', not starting with a digit");
            }
            if (name.length() > MOST_NAME) {
                throw LokiException.bad("stream '" + ofStream + "' has label name too long: '" + name + "'");
            }
            int bytes = utf8("the value of label " + name, labels.value(i)).remaining();
            if (bytes > limits.labelBytes()) {
                throw LokiException.bad("stream '" + ofStream + "' has label value too long: label=" + name + " bytes="
                        + bytes + " limit=" + limits.labelBytes());
            }
        }
    }

    void entry(long nanos, String line, Labels metadata) {
        entry(nanos, utf8("a line of stream '" + stream + "'", line), metadata);
    }

    /** With a line whose bytes are UTF-8. */
    void entry(long nanos, ByteBuffer line, Labels metadata) {
        if (line.remaining() > limits.lineBytes()) {
            throw LokiException.bad("max entry size '" + limits.lineBytes() + "' bytes exceeded for stream '" + stream
                    + "' while adding an entry with length '" + line.remaining() + "' bytes");
        }
        rows.startRow();
        rows.putLong(LokiTables.TIME, Math.floorDiv(nanos, NANOS_A_MILLI));
        rows.putLong(LokiTables.NANOS, Math.floorMod(nanos, NANOS_A_MILLI));
        rows.putBytes(LokiTables.LABELS, streamBytes, 0, streamBytes.length);
        if (metadata.size() > 0) {
            check(metadata, stream);
            var bytes = LabelsJson.bytes(metadata);
            rows.putBytes(LokiTables.METADATA, bytes, 0, bytes.length);
        }
        rows.putBytes(LokiTables.LINE, line.array(), line.arrayOffset() + line.position(), line.remaining());
        rows.endRow();
    }

    private static ByteBuffer utf8(String what, String text) {
        try {
            return UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw LokiException.bad("half a surrogate pair is not a character: in " + what + "; send valid UTF-8");
        }
    }
}
