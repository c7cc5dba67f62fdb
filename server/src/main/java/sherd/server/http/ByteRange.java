package sherd.server.http;

import java.util.Optional;
import java.util.regex.Pattern;

/** Some of a file's bytes, at least one. */
record ByteRange(long offset, long length) {
    private static final Pattern ONE =
            Pattern.compile("bytes *= *(\\d{0,18}) *- *(\\d{0,18})", Pattern.CASE_INSENSITIVE);

    /**
     * What a {@code Range} header asks for; empty if it is none that we know, which is answered with the whole, as RFC
     * 9110 has it.
     *
     * @throws RefusedException 416 if the file has none of it
     */
    static Optional<ByteRange> parse(String header, long size) {
        var match = ONE.matcher(header.strip());
        if (!match.matches() || (match.group(1).isEmpty() && match.group(2).isEmpty())) {
            return Optional.empty();
        }
        long first;
        long last = size - 1;
        if (match.group(1).isEmpty()) {
            first = Math.max(0, size - Long.parseLong(match.group(2)));
        } else {
            first = Long.parseLong(match.group(1));
            if (!match.group(2).isEmpty()) {
                long asked = Long.parseLong(match.group(2));
                if (asked < first) {
                    return Optional.empty();
                }
                last = Math.min(last, asked);
            }
        }
        if (first >= size) {
            throw new RefusedException(
                    Problem.of(416, "RANGE_NOT_SATISFIABLE", "no such bytes: range='" + header + "' size_bytes=" + size)
                            .header("content-range", "bytes */" + size));
        }
        return Optional.of(new ByteRange(first, last - first + 1));
    }

    /** For the {@code Content-Range} header. */
    String of(long size) {
        return "bytes " + offset + "-" + (offset + length - 1) + "/" + size;
    }
}
