package sherd.server.loki;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The fields of one protobuf message, one after the other. */
final class ProtoReader {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final byte[] bytes;
    private final int end;
    private int at;
    private int wire;

    ProtoReader(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    /** Number of the next field, or 0 at the end. */
    int next() {
        if (at == end) {
            return 0;
        }
        long tag = varint();
        wire = (int) (tag & 7);
        long field = tag >>> 3;
        if (field == 0 || field > 1 << 29) {
            throw broken("field number " + field);
        }
        return (int) field;
    }

    /** The current field as a number. */
    long number() {
        require(VARINT);
        return varint();
    }

    /** The number that begins a block of Snappy: how long it is when uncompressed. */
    long announced() {
        long length = varint();
        if (length < 0) {
            throw broken("a negative length");
        }
        return length;
    }

    /** The current field as a message within this one. */
    ProtoReader message() {
        int length = length();
        at += length;
        return new ProtoReader(bytes, at - length, at);
    }

    /** The current field as text, checked to be UTF-8. */
    ByteBuffer text() {
        int length = length();
        var slice = ByteBuffer.wrap(bytes, at, length);
        at += length;
        decode(slice.duplicate());
        return slice;
    }

    String string() {
        return decode(text());
    }

    private static String decode(ByteBuffer slice) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(slice).toString();
        } catch (CharacterCodingException e) {
            throw LokiException.bad("not UTF-8: a text of the push request; send valid UTF-8");
        }
    }

    void skip() {
        switch (wire) {
            case VARINT -> varint();
            case FIXED64 -> advance(8);
            case BYTES -> advance(length());
            case FIXED32 -> advance(4);
            default -> throw broken("wire type " + wire);
        }
    }

    private int length() {
        require(BYTES);
        long length = varint();
        if (length < 0 || length > end - at) {
            throw broken("length " + length);
        }
        return (int) length;
    }

    private void advance(int count) {
        if (count > end - at) {
            throw broken("its end");
        }
        at += count;
    }

    private void require(int wanted) {
        if (wire != wanted) {
            throw broken("wire type " + wire);
        }
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at == end) {
                throw broken("its end");
            }
            byte b = bytes[at++];
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw broken("a number of more than ten bytes");
    }

    private LokiException broken(String what) {
        return LokiException.bad("not a push request in protobuf: " + what + " at byte " + at);
    }
}
