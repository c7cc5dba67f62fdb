package sherd.engine.archive.arrow;

import com.google.flatbuffers.FlatBufferBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.flatbuf.Binary;
import org.apache.arrow.flatbuf.Bool;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.TimeUnit;
import org.apache.arrow.flatbuf.Timestamp;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.Utf8;
import sherd.engine.schema.ColumnType;

/** Columns as a flatbuffers schema, both ways. */
final class ArrowSchema {
    /** Field metadata: the column's type as users write it; Arrow itself has no JSON. */
    static final String TYPE_KEY = "sherd.type";

    private ArrowSchema() {}

    static int write(FlatBufferBuilder builder, List<ArrowField> fields, Map<String, String> metadata) {
        var offsets = new int[fields.size()];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = writeField(builder, fields.get(i));
        }
        int vector = Schema.createFieldsVector(builder, offsets);
        int custom = Schema.createCustomMetadataVector(builder, keyValues(builder, metadata));
        Schema.startSchema(builder);
        Schema.addEndianness(builder, Endianness.Little);
        Schema.addFields(builder, vector);
        Schema.addCustomMetadata(builder, custom);
        return Schema.endSchema(builder);
    }

    static int[] keyValues(FlatBufferBuilder builder, Map<String, String> metadata) {
        var sorted = new TreeMap<>(metadata);
        var offsets = new int[sorted.size()];
        int i = 0;
        for (var entry : sorted.entrySet()) {
            int key = builder.createString(entry.getKey());
            int value = builder.createString(entry.getValue());
            offsets[i++] = KeyValue.createKeyValue(builder, key, value);
        }
        return offsets;
    }

    /** The fields as far as we write them; metadata other than the type is kept. */
    static List<ArrowField> read(Schema schema) {
        var fields = new ArrayList<ArrowField>();
        for (int i = 0; i < schema.fieldsLength(); i++) {
            var field = schema.fields(i);
            var metadata = new TreeMap<String, String>();
            for (int k = 0; k < field.customMetadataLength(); k++) {
                metadata.put(
                        field.customMetadata(k).key(), field.customMetadata(k).value());
            }
            var type = ColumnType.parse(metadata.getOrDefault(TYPE_KEY, ""))
                    .orElseThrow(() -> new IllegalArgumentException("field without " + TYPE_KEY));
            if (arrowType(type) != field.typeType()) {
                throw new IllegalArgumentException("field " + field.name() + " is not stored as " + type.label());
            }
            metadata.remove(TYPE_KEY);
            fields.add(new ArrowField(field.name(), type, metadata));
        }
        return fields;
    }

    private static int writeField(FlatBufferBuilder builder, ArrowField field) {
        int name = builder.createString(field.name());
        int type = writeType(builder, field.type());
        int children = Field.createChildrenVector(builder, new int[0]);
        var metadata = new TreeMap<>(field.metadata());
        metadata.put(TYPE_KEY, field.type().label());
        int custom = Field.createCustomMetadataVector(builder, keyValues(builder, metadata));
        Field.startField(builder);
        Field.addName(builder, name);
        Field.addNullable(builder, true);
        Field.addTypeType(builder, arrowType(field.type()));
        Field.addType(builder, type);
        Field.addChildren(builder, children);
        Field.addCustomMetadata(builder, custom);
        return Field.endField(builder);
    }

    private static byte arrowType(ColumnType type) {
        return switch (type) {
            case INT64, INT32 -> Type.Int;
            case FLOAT64, FLOAT32 -> Type.FloatingPoint;
            case BOOL -> Type.Bool;
            case TIMESTAMP -> Type.Timestamp;
            case STRING, JSON -> Type.Utf8;
            case BYTES -> Type.Binary;
        };
    }

    private static int writeType(FlatBufferBuilder builder, ColumnType type) {
        return switch (type) {
            case INT64 -> Int.createInt(builder, 64, true);
            case INT32 -> Int.createInt(builder, 32, true);
            case FLOAT64 -> FloatingPoint.createFloatingPoint(builder, Precision.DOUBLE);
            case FLOAT32 -> FloatingPoint.createFloatingPoint(builder, Precision.SINGLE);
            case TIMESTAMP -> Timestamp.createTimestamp(builder, TimeUnit.MILLISECOND, builder.createString("UTC"));
            case BOOL -> {
                Bool.startBool(builder);
                yield Bool.endBool(builder);
            }
            case STRING, JSON -> {
                Utf8.startUtf8(builder);
                yield Utf8.endUtf8(builder);
            }
            case BYTES -> {
                Binary.startBinary(builder);
                yield Binary.endBinary(builder);
            }
        };
    }
}
