/**
 * Frames put on a wire as they are, through a packet socket. By Perl because every Debian has it: `perl-base` is essential
 * there. sockaddr_ll: family AF_PACKET 17, protocol ETH_P_ALL, interface index, and no address.
 */
import type { Namespace } from './namespace.ts'

const SEND = `
  my $device = shift;
  open(my $file, "<", "/sys/class/net/$device/ifindex") or die "$device: $!";
  chomp(my $index = <$file>);
  socket(my $socket, 17, 3, 0x300) or die "socket: $!";
  for (@ARGV) {
    send($socket, pack("H*", $_), 0, pack("S n l S C C a8", 17, 3, $index, 0, 0, 0, "")) or die "send: $!";
  }`

/** They leave by a device of the namespace. */
export const sendFrames = async (
  namespace: Namespace,
  device: string,
  frames: readonly Uint8Array[],
): Promise<void> => {
  const hex = frames.map((frame) => Buffer.from(frame).toString('hex'))
  await namespace.run(['perl', '-e', SEND, device, ...hex])
}
