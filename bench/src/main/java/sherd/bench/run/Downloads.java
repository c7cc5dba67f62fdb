package sherd.bench.run;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import sherd.bench.frame.BenchException;
import sherd.server.config.HostPort;

/** Fetches a file again and again over one connection, and throws it away. */
interface Downloads extends AutoCloseable {
    /** Asks for the file; what comes is it. */
    InputStream next() throws IOException;

    @Override
    void close();

    /** Reads all of the next one; returns when its first byte had come, in nanoseconds of the clock. */
    default long fetch(byte[] buffer, long size) {
        try {
            var in = next();
            long left = size - in.readNBytes(buffer, 0, 1);
            long first = System.nanoTime();
            for (int read = 1; left > 0 && read > 0; left -= read) {
                read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            }
            if (left != 0) {
                throw new BenchException("a download ended early: missing=" + left);
            }
            return first;
        } catch (IOException e) {
            throw new BenchException("a download failed: " + e, e);
        }
    }

    static Downloads raw(HostPort address) {
        return new OfSocket(address, new byte[] {1}, false);
    }

    static Downloads http1(HostPort address, String path) {
        return new OfSocket(address, ("GET " + path + " HTTP/1.1\r\nhost: x\r\n\r\n").getBytes(US_ASCII), true);
    }

    static Downloads http2(HostPort address, String path) {
        var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        var request =
                HttpRequest.newBuilder(URI.create("http://" + address + path)).build();
        return new Downloads() {
            @Override
            public InputStream next() throws IOException {
                try {
                    return client.send(request, BodyHandlers.ofInputStream()).body();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException(e);
                }
            }

            @Override
            public void close() {
                client.close();
            }
        };
    }

    /** One whose answer begins with a length, or with a head that an empty line ends. */
    final class OfSocket implements Downloads {
        private final Socket socket;
        private final byte[] request;
        private final boolean http;

        OfSocket(HostPort address, byte[] request, boolean http) {
            try {
                socket = new Socket(address.host(), address.port());
            } catch (IOException e) {
                throw new BenchException("cannot connect: " + e, e);
            }
            this.request = request;
            this.http = http;
        }

        @Override
        public InputStream next() throws IOException {
            socket.getOutputStream().write(request);
            var in = socket.getInputStream();
            if (http) {
                skipHead(in);
            } else {
                new DataInputStream(in).readLong();
            }
            return in;
        }

        private static void skipHead(InputStream in) throws IOException {
            var head = new StringBuilder();
            while (!head.toString().endsWith("\r\n\r\n")) {
                int next = in.read();
                if (next < 0) {
                    throw new IOException("no end of the head: " + head);
                }
                head.append((char) next);
            }
            if (!head.toString().startsWith("HTTP/1.1 200 ")) {
                throw new IOException(head.toString());
            }
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new BenchException("cannot close: " + e, e);
            }
        }
    }
}
