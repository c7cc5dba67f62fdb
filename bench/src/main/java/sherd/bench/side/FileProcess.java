package sherd.bench.side;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Sends one file to whoever asks, with nothing around it, until the process is ended: a byte from the client asks for
 * it, the length and the bytes come back.
 */
public final class FileProcess {
    static final String READY = "file ready port=";

    private static final int BUFFER = 64 << 10;

    private FileProcess() {}

    /** How it is sent. */
    public enum Way {
        /** All of it in an array, which is then written. */
        READ_ALL_BYTES,
        /** A buffer on the heap at a time. */
        BUFFERED,
        /** By the system. */
        TRANSFER_TO;

        public String word() {
            return switch (this) {
                case READ_ALL_BYTES -> "Files.readAllBytes";
                case BUFFERED -> "buffered copy";
                case TRANSFER_TO -> "FileChannel.transferTo";
            };
        }
    }

    /** Way, file. */
    public static void main(String[] args) throws IOException {
        var way = Way.valueOf(args[0]);
        var file = Path.of(args[1]);
        try (var server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            var port = ((InetSocketAddress) server.getLocalAddress()).getPort();
            System.out.println(READY + port + String.format(Locale.ROOT, " %s", way.word()));
            while (true) {
                try (var client = server.accept()) {
                    serve(client, way, file);
                }
            }
        }
    }

    private static void serve(SocketChannel client, Way way, Path file) throws IOException {
        var asked = ByteBuffer.allocate(1);
        while (client.read(asked.clear()) == 1) {
            write(client, ByteBuffer.allocate(Long.BYTES).putLong(0, Files.size(file)));
            switch (way) {
                case READ_ALL_BYTES -> write(client, ByteBuffer.wrap(Files.readAllBytes(file)));
                case BUFFERED -> {
                    try (var in = Files.newInputStream(file)) {
                        copy(in, client);
                    }
                }
                case TRANSFER_TO -> transfer(client, file);
            }
        }
    }

    private static void copy(InputStream in, SocketChannel client) throws IOException {
        var buffer = new byte[BUFFER];
        for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
            write(client, ByteBuffer.wrap(buffer, 0, read));
        }
    }

    private static void transfer(SocketChannel client, Path file) throws IOException {
        try (var channel = FileChannel.open(file)) {
            long size = channel.size();
            for (long at = 0; at < size; ) {
                at += channel.transferTo(at, size - at, client);
            }
        }
    }

    private static void write(SocketChannel client, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            client.write(bytes);
        }
    }
}
