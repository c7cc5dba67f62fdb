package sherd.server.http;

import io.netty.buffer.ByteBuf;

/** Takes a request's body as it comes, on the connection's loop. */
interface Body {
    /** The next bytes; they are valid during the call only. */
    void data(ByteBuf chunk);

    /** All bytes have come: time to do what was asked. */
    void end();

    /** Nobody wants the rest. Also called after {@link #end}; gives back what is held. */
    void abandon();

    /** For requests whose body, if there is one, means nothing. */
    static Body ignored(Runnable whenComplete) {
        return new Body() {
            @Override
            public void data(ByteBuf chunk) {}

            @Override
            public void end() {
                whenComplete.run();
            }

            @Override
            public void abandon() {}
        };
    }
}
