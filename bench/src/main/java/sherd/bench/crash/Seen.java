package sherd.bench.crash;

import java.util.Map;

/**
 * What a key holds.
 *
 * @param fields none if the key is not there; a plain value is the field with the empty name
 * @param etag empty if the key has none or it was not asked for
 */
record Seen(Map<String, String> fields, String etag) {
    static final Map<String, String> ABSENT = Map.of();
    static final Seen NOTHING = new Seen(ABSENT, "");

    private static final int SHOWN = 120;

    static Seen value(String value) {
        return new Seen(Map.of("", value), "");
    }

    @Override
    public String toString() {
        return show(fields) + (etag.isEmpty() ? "" : " etag=" + etag);
    }

    static String show(Map<String, String> fields) {
        if (fields.isEmpty()) {
            return "nothing";
        }
        var text = fields.toString();
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "... (" + text.length() + " characters)";
    }
}
