/**
 * The RESP2 and RESP3 door.
 *
 * <p>In the order a request meets them: {@link sherd.server.resp.RespDoor} listens; a {@code Connection} holds what one
 * client has sent and is owed; its {@code Decoder} fills a {@code Batch} with slices of the read buffer; the {@code
 * RespLoop} of the I/O thread finds each command's {@code CommandSpec} in the {@code CommandTable}, locks the keys of a
 * run of commands at once and lets the command families ({@code StringCommands}, {@code HashCommands}, ...) answer
 * through a {@code Call} into one {@code Reply}.
 *
 * <p>What holds: replies leave in the order of the commands; a reply to a write leaves only when the commit log lets it;
 * commands are consumed from the input only when they were executed, so a connection may stop anywhere and go on later;
 * no I/O thread waits for anything.
 */
@NullMarked
package sherd.server.resp;

import org.jspecify.annotations.NullMarked;
