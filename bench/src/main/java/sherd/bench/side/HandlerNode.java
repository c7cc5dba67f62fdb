package sherd.bench.side;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import sherd.bench.buffers.Figures;
import sherd.bench.buffers.HandlerProcess;
import sherd.bench.frame.BenchException;
import sherd.server.config.HostPort;

/** A {@link HandlerProcess}. */
public final class HandlerNode extends Side {
    private final HandlerProcess.Addresses addresses;

    private HandlerNode(String name, Child child) {
        super(name, child);
        addresses = HandlerProcess.Addresses.parse(child.readyLine());
    }

    public static HandlerNode start(HandlerProcess.Variant variant, Path data) {
        var command = new ArrayList<>(Jvm.command(HandlerProcess.class.getName()));
        command.addAll(List.of(variant.name(), data.toString()));
        var errors = data.resolveSibling(data.getFileName() + ".err");
        return new HandlerNode(
                variant.word(), Child.start(command, errors, line -> line.startsWith(HandlerProcess.READY)));
    }

    @Override
    public HostPort resp() {
        return addresses.resp();
    }

    /** What the process has used since its start. */
    public Figures figures() {
        return order("figures");
    }

    /** Has it serve a client in its own process. */
    public Figures run(String test, int pipeline, long keys, int valueBytes, long millis) {
        return order(String.join(
                " ",
                "run",
                test,
                Integer.toString(pipeline),
                Long.toString(keys),
                Integer.toString(valueBytes),
                Long.toString(millis)));
    }

    private Figures order(String line) {
        try (var socket = new Socket(addresses.resp().host(), addresses.control());
                var answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII))) {
            socket.getOutputStream().write((line + "\n").getBytes(US_ASCII));
            var answer = answers.readLine();
            if (answer == null) {
                throw new BenchException("the " + name() + " handler did not answer: order='" + line + "'");
            }
            return Figures.parse(answer);
        } catch (IOException e) {
            throw new BenchException("cannot ask the " + name() + " handler: " + e, e);
        }
    }
}
