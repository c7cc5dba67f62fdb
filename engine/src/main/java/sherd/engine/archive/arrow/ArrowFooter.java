package sherd.engine.archive.arrow;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.flatbuf.Footer;

/**
 * The end of an Arrow file, read back by the checker.
 *
 * @param blocks with 0 for rows and checksum, which Arrow does not keep
 */
public record ArrowFooter(List<ArrowField> fields, Map<String, String> metadata, List<ArrowBlock> blocks) {
    private static final int TRAILER = 4 + 6;

    /** Bytes of the footer with its trailer, from the last bytes of the file. */
    public static int length(byte[] end) {
        var magic = Arrays.copyOfRange(end, end.length - ArrowLayout.MAGIC.length, end.length);
        if (!Arrays.equals(magic, ArrowLayout.MAGIC)) {
            throw new IllegalArgumentException("the arrow file does not end as one");
        }
        return ByteBuffer.wrap(end).order(ByteOrder.LITTLE_ENDIAN).getInt(end.length - TRAILER) + TRAILER;
    }

    /** Reads the footer from bytes that {@link #length} measured. */
    public static ArrowFooter parse(byte[] footerAndTrailer) {
        var footer = Footer.getRootAsFooter(ByteBuffer.wrap(footerAndTrailer).order(ByteOrder.LITTLE_ENDIAN));
        var schema = footer.schema();
        if (schema == null) {
            throw new IllegalArgumentException("an arrow footer without schema");
        }
        var metadata = new TreeMap<String, String>();
        for (int i = 0; i < footer.customMetadataLength(); i++) {
            metadata.put(
                    footer.customMetadata(i).key(), footer.customMetadata(i).value());
        }
        var blocks = new ArrayList<ArrowBlock>();
        for (int i = 0; i < footer.recordBatchesLength(); i++) {
            var block = footer.recordBatches(i);
            blocks.add(new ArrowBlock(block.offset(), block.metaDataLength(), block.bodyLength(), 0, 0));
        }
        return new ArrowFooter(ArrowSchema.read(schema), metadata, blocks);
    }
}
