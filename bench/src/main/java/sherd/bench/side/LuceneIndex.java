package sherd.bench.side;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.BytesTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;
import sherd.bench.frame.BenchException;
import sherd.engine.archive.text.TermSink;
import sherd.engine.archive.text.Tokenizer;

/**
 * Log lines in Apache Lucene as it makes them smallest: our terms, stored text with its best compression, one merged
 * index.
 */
public final class LuceneIndex implements AutoCloseable {
    private static final String TIME = "ts";
    private static final String TERMS = "terms";
    private static final String LINE = "line";
    private static final double BUFFER_MB = 64;

    private final Directory directory;
    private final DirectoryReader reader;
    private final IndexSearcher searcher;

    /** What a search came to. */
    public record Found(long total, List<BytesRef> lines) {
        public Found {
            lines = List.copyOf(lines);
        }
    }

    private LuceneIndex(Directory directory) throws IOException {
        this.directory = directory;
        this.reader = DirectoryReader.open(directory);
        this.searcher = new IndexSearcher(reader);
        searcher.setQueryCache(null);
    }

    /** Takes lines one after the other. */
    public static final class Builder implements AutoCloseable {
        private final Directory directory;
        private final IndexWriter writer;
        private final TermStream terms = new TermStream();
        private final Document document = new Document();
        private final NumericDocValuesField time = new NumericDocValuesField(TIME, 0);
        private final StoredField line = new StoredField(LINE, new byte[0]);

        /** @param positions whether it can answer phrases, which ours answers from the text */
        public Builder(Path folder, boolean positions) {
            try {
                directory = FSDirectory.open(folder);
                writer = new IndexWriter(
                        directory,
                        new IndexWriterConfig(new NoAnalyzer())
                                .setCodec(new Lucene104Codec(Lucene104Codec.Mode.BEST_COMPRESSION))
                                .setRAMBufferSizeMB(BUFFER_MB)
                                .setUseCompoundFile(false)
                                .setMergeScheduler(new SerialMergeScheduler()));
            } catch (IOException e) {
                throw new BenchException("cannot make an index of lucene in " + folder + ": " + e, e);
            }
            var type = new FieldType();
            type.setTokenized(true);
            type.setOmitNorms(true);
            type.setIndexOptions(positions ? IndexOptions.DOCS_AND_FREQS_AND_POSITIONS : IndexOptions.DOCS);
            type.freeze();
            document.add(time);
            document.add(line);
            document.add(new Field(TERMS, terms, type));
        }

        public void add(long millis, byte[] text) throws IOException {
            time.setLongValue(millis);
            line.setBytesValue(text);
            terms.cut(text);
            writer.addDocument(document);
        }

        /** Merges all into one. */
        public LuceneIndex finish() throws IOException {
            writer.forceMerge(1);
            writer.commit();
            writer.close();
            return new LuceneIndex(directory);
        }

        @Override
        public void close() {
            try {
                writer.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The newest lines with a word, and how many there are. */
    public Found search(String word, int limit) throws IOException {
        var query = new TermQuery(new Term(TERMS, word));
        var newest = searcher.search(query, limit, new Sort(new SortField(TIME, SortField.Type.LONG, true)));
        var stored = searcher.storedFields();
        var lines = new ArrayList<BytesRef>();
        for (var hit : newest.scoreDocs) {
            lines.add(stored.document(hit.doc).getBinaryValue(LINE));
        }
        return new Found(searcher.count(query), lines);
    }

    @Override
    public void close() throws IOException {
        reader.close();
        directory.close();
    }

    /** Never asked: all terms come in a stream. */
    private static final class NoAnalyzer extends Analyzer {
        @Override
        protected TokenStreamComponents createComponents(String field) {
            throw new UnsupportedOperationException(field);
        }
    }

    /** The terms of one line, cut by our tokenizer; a compound is at the place of its last word. */
    private static final class TermStream extends TokenStream implements TermSink {
        private final BytesTermAttribute term = addAttribute(BytesTermAttribute.class);
        private final PositionIncrementAttribute step = addAttribute(PositionIncrementAttribute.class);
        private final Tokenizer tokenizer = new Tokenizer();
        private byte[] bytes = new byte[1 << 10];
        private int[] ends = new int[64];
        private boolean[] joined = new boolean[64];
        private int size;
        private int count;
        private int at;

        void cut(byte[] line) {
            size = 0;
            count = 0;
            tokenizer.tokenize(line, 0, line.length, this);
        }

        private void add(byte[] buffer, int offset, int length, boolean compound) {
            if (count == ends.length) {
                ends = Arrays.copyOf(ends, count * 2);
                joined = Arrays.copyOf(joined, count * 2);
            }
            if (size + length > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(size + length, bytes.length * 2));
            }
            System.arraycopy(buffer, offset, bytes, size, length);
            size += length;
            joined[count] = compound;
            ends[count++] = size;
        }

        @Override
        public void word(byte[] buffer, int offset, int length) {
            add(buffer, offset, length, false);
        }

        @Override
        public void compound(byte[] buffer, int offset, int length) {
            add(buffer, offset, length, true);
        }

        @Override
        public void reset() {
            at = 0;
        }

        @Override
        public boolean incrementToken() {
            if (at == count) {
                return false;
            }
            clearAttributes();
            int start = at == 0 ? 0 : ends[at - 1];
            term.setBytesRef(new BytesRef(bytes, start, ends[at] - start));
            step.setPositionIncrement(joined[at] ? 0 : 1);
            at++;
            return true;
        }
    }
}
