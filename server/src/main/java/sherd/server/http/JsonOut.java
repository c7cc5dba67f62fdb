package sherd.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sherd.engine.memory.OffHeap;
import sherd.engine.schema.Column;
import sherd.engine.schema.TableDefinition;
import sherd.server.TimeText;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes JSON into network buffers, and the store's values as JSON. */
final class JsonOut {
    private static final JsonFactory FACTORY = JsonFactory.builder().build();
    private static final int USUAL_BYTES = 512;

    private JsonOut() {}

    static ByteBuf write(Consumer<JsonGenerator> writer) {
        var buffer = PooledByteBufAllocator.DEFAULT.directBuffer(USUAL_BYTES);
        OutputStream out = new ByteBufOutputStream(buffer);
        boolean done = false;
        try (var json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            writer.accept(json);
            done = true;
        } finally {
            if (!done) {
                buffer.release();
            }
        }
        return buffer;
    }

    /** The same as text, for what is embedded elsewhere. */
    static String text(Consumer<JsonGenerator> writer) {
        var buffer = write(writer);
        try {
            return buffer.toString(StandardCharsets.UTF_8);
        } finally {
            buffer.release();
        }
    }

    /** Native bytes, copied for sending. */
    static ByteBuf copy(long address, int length) {
        return PooledByteBufAllocator.DEFAULT.directBuffer(length).writeBytes(OffHeap.buffer(address, length));
    }

    /** Bytes as text where text is a must: what is not UTF-8 shows as U+FFFD. */
    static String lenient(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** A row as an object of its columns, nulls included. */
    static void row(JsonGenerator json, TableDefinition table, @Nullable Object[] values) {
        json.writeStartObject();
        columns(json, table, values);
        json.writeEndObject();
    }

    static void columns(JsonGenerator json, TableDefinition table, @Nullable Object[] values) {
        for (int i = 0; i < values.length; i++) {
            var column = table.columns().get(i);
            json.writeName(column.name());
            value(json, column, values[i]);
        }
    }

    /** Timestamps as RFC 3339, bytes as base64, JSON as it is; floats that JSON has no number for as text. */
    static void value(JsonGenerator json, Column column, @Nullable Object value) {
        if (value == null) {
            json.writeNull();
            return;
        }
        switch (column.type()) {
            case INT64, INT32 -> json.writeNumber(((Number) value).longValue());
            case FLOAT64 -> number(json, (Double) value);
            case FLOAT32 -> number(json, (Float) value);
            case BOOL -> json.writeBoolean((Boolean) value);
            case TIMESTAMP -> time(json, (Long) value);
            case STRING -> json.writeString((String) value);
            case JSON -> json.writeRawValue((String) value);
            case BYTES -> json.writeString(Base64.getEncoder().encodeToString((byte[]) value));
        }
    }

    static void number(JsonGenerator json, double value) {
        if (Double.isFinite(value)) {
            json.writeNumber(value);
        } else {
            json.writeString(Double.toString(value));
        }
    }

    private static void number(JsonGenerator json, float value) {
        if (Float.isFinite(value)) {
            json.writeNumber(value);
        } else {
            json.writeString(Float.toString(value));
        }
    }

    static void time(JsonGenerator json, long epochMillis) {
        if (TimeText.writable(epochMillis)) {
            json.writeString(TimeText.format(epochMillis));
        } else {
            json.writeNumber(epochMillis);
        }
    }

    /** The same of native bytes. */
    static void bytes(JsonGenerator json, LoopState loop, long address, int length) {
        bytes(json, loop.out(address, length), length, Utf8.firstInvalid(address, length) < 0);
    }

    private static void bytes(JsonGenerator json, byte[] bytes, int length, boolean text) {
        if (text) {
            json.writeUTF8String(bytes, 0, length);
            return;
        }
        var encoded = Base64.getEncoder().encode(ByteBuffer.wrap(bytes, 0, length));
        json.writeStartObject();
        json.writeName("base64");
        json.writeUTF8String(encoded.array(), 0, encoded.remaining());
        json.writeEndObject();
    }

    /** Free-form bytes: a string where they are UTF-8, else {@code {"base64": "..."}}. */
    static void bytes(JsonGenerator json, byte[] bytes) {
        bytes(json, bytes, bytes.length, Utf8.firstInvalid(bytes) < 0);
    }
}
