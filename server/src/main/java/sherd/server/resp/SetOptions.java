package sherd.server.resp;

import sherd.engine.route.Session;

/** What follows key and value in SET, and the key in GETEX. One a thread, reused. */
final class SetOptions {
    boolean ifAbsent;
    boolean ifPresent;
    boolean get;
    boolean keep;
    boolean persist;
    boolean expires;
    long expiresAt;
    /** The word that the present value must equal, or -1. */
    int compare;

    private int expiryWord;

    private void clear() {
        ifAbsent = false;
        ifPresent = false;
        get = false;
        keep = false;
        persist = false;
        expires = false;
        expiresAt = Session.NEVER;
        compare = -1;
    }

    /** Reads the options from a word on; answers with an error and returns -1 when they make no sense. */
    static int parse(Call call, int from) {
        var options = call.loop.setOptions();
        options.clear();
        if (from == call.count()) {
            return 0;
        }
        for (int word = from; word < call.count(); word++) {
            boolean more = word + 1 < call.count();
            if (call.is(word, "nx") && !options.ifPresent && options.compare < 0) {
                options.ifAbsent = true;
            } else if (call.is(word, "xx") && !options.ifAbsent && options.compare < 0) {
                options.ifPresent = true;
            } else if (call.is(word, "ifeq") && !options.ifAbsent && !options.ifPresent && more) {
                options.compare = ++word;
            } else if (call.is(word, "get")) {
                options.get = true;
            } else if (call.is(word, "keepttl") && !options.expires) {
                options.keep = true;
            } else if (more && !options.keep && options.takesExpiry(call, word)) {
                word++;
            } else {
                call.syntaxError();
                return -1;
            }
        }
        return options.readExpiry(call);
    }

    /** As {@link #parse}, for GETEX, which looks at the moment only when there is a key: {@link #readExpiry}. */
    static int parseGetEx(Call call, int from) {
        var options = call.loop.setOptions();
        options.clear();
        for (int word = from; word < call.count(); word++) {
            boolean more = word + 1 < call.count();
            if (call.is(word, "persist") && !options.expires) {
                options.persist = true;
            } else if (more && !options.persist && options.takesExpiry(call, word)) {
                word++;
            } else {
                call.syntaxError();
                return -1;
            }
        }
        return 0;
    }

    /** An expiry option may come again, as long as it is the same one; the last counts. */
    private boolean takesExpiry(Call call, int word) {
        int unit = unit(call, word);
        if (unit == 0 || (expires && unit(call, expiryWord) != unit)) {
            return false;
        }
        expires = true;
        expiryWord = word;
        return true;
    }

    /** Milliseconds of the unit of an expiry option, negative for absolute ones, 0 for no such option. */
    private static int unit(Call call, int word) {
        if (call.is(word, "ex")) {
            return 1000;
        }
        if (call.is(word, "px")) {
            return 1;
        }
        if (call.is(word, "exat")) {
            return -1000;
        }
        return call.is(word, "pxat") ? -1 : 0;
    }

    /** Works out the moment; answers with an error and returns -1 when there is no such moment. */
    int readExpiry(Call call) {
        if (!expires) {
            return 0;
        }
        int unit = unit(call, expiryWord);
        if (!call.integer(expiryWord + 1)) {
            return -1;
        }
        expiresAt = ExpiryCommands.moment(call.number(), Math.abs(unit), unit < 0 ? 0 : call.session.now());
        if (call.number() <= 0 || expiresAt < 0) {
            call.reply.error("ERR invalid expire time in '" + call.spec().name() + "' command");
            return -1;
        }
        return 0;
    }
}
