package sherd.bench.load;

import java.util.SplittableRandom;

/** How a server is spoken to. */
public enum Dialect {
    RESP("+OK\r\n") {
        @Override
        String text(String... words) {
            var text = new StringBuilder("*").append(words.length).append("\r\n");
            for (var word : words) {
                text.append('$')
                        .append(word.length())
                        .append("\r\n")
                        .append(word)
                        .append("\r\n");
            }
            return text.toString();
        }

        @Override
        public Request get(SplittableRandom random) {
            return new Request(text("GET", Request.key(KEY)), random);
        }

        @Override
        public Request set(int valueBytes, SplittableRandom random) {
            return new Request(text("SET", Request.key(KEY), Request.value(valueBytes)), random);
        }
    },
    /** Memcached's meta commands, its newest and shortest text. */
    MEMCACHED("HD\r\n") {
        @Override
        String text(String... words) {
            return String.join(" ", words) + "\r\n";
        }

        @Override
        public Request get(SplittableRandom random) {
            return new Request(text("mg", Request.key(KEY), "v"), random);
        }

        @Override
        public Request set(int valueBytes, SplittableRandom random) {
            var head = text("ms", Request.key(KEY), Integer.toString(valueBytes));
            return new Request(head + text(Request.value(valueBytes)), random);
        }
    };

    private static final String KEY = "key";

    private final String done;

    Dialect(String done) {
        this.done = done;
    }

    abstract String text(String... words);

    public abstract Request get(SplittableRandom random);

    public abstract Request set(int valueBytes, SplittableRandom random);

    /** What a write is answered with, line end included. */
    public String done() {
        return done;
    }
}
