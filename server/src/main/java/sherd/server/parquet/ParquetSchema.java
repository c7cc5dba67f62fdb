package sherd.server.parquet;

import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.JsonType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.MilliSeconds;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.StringType;
import org.apache.parquet.format.TimeUnit;
import org.apache.parquet.format.TimestampType;
import org.apache.parquet.format.Type;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;

/** What the types of columns are in Parquet. Every column may have nulls. */
final class ParquetSchema {
    private ParquetSchema() {}

    static List<SchemaElement> elements(List<Column> columns) {
        var elements = new ArrayList<SchemaElement>();
        elements.add(new SchemaElement("schema").setNum_children(columns.size()));
        for (var column : columns) {
            elements.add(element(column));
        }
        return elements;
    }

    static Type physical(ColumnType type) {
        return switch (type) {
            case INT64, TIMESTAMP -> Type.INT64;
            case INT32 -> Type.INT32;
            case FLOAT64 -> Type.DOUBLE;
            case FLOAT32 -> Type.FLOAT;
            case BOOL -> Type.BOOLEAN;
            case STRING, JSON, BYTES -> Type.BYTE_ARRAY;
        };
    }

    /** Old readers know converted types only, so both are said. */
    private static SchemaElement element(Column column) {
        var element = new SchemaElement(column.name())
                .setType(physical(column.type()))
                .setRepetition_type(FieldRepetitionType.OPTIONAL);
        return switch (column.type()) {
            case TIMESTAMP ->
                element.setConverted_type(ConvertedType.TIMESTAMP_MILLIS)
                        .setLogicalType(
                                LogicalType.TIMESTAMP(new TimestampType(true, TimeUnit.MILLIS(new MilliSeconds()))));
            case STRING ->
                element.setConverted_type(ConvertedType.UTF8).setLogicalType(LogicalType.STRING(new StringType()));
            case JSON -> element.setConverted_type(ConvertedType.JSON).setLogicalType(LogicalType.JSON(new JsonType()));
            case INT64, INT32, FLOAT64, FLOAT32, BOOL, BYTES -> element;
        };
    }
}
