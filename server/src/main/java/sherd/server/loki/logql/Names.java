package sherd.server.loki.logql;

/** Names of labels. */
public final class Names {
    private Names() {}

    public static boolean valid(String name) {
        return !name.isEmpty() && sanitized(name).equals(name);
    }

    /** The name with an underscore for every character that no name has. */
    static String sanitized(String name) {
        var text = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean digit = c >= '0' && c <= '9';
            boolean fine = c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || digit;
            if (digit && i == 0) {
                text.append('_');
            }
            text.append(fine ? c : '_');
        }
        return text.toString();
    }
}
