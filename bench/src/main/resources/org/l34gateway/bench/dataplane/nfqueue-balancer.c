// SPDX-License-Identifier: Apache-2.0
/*
 * The peer of nfqueue_v4, no part of the product: the least that a balancer in user space has to do. The kernel queues every packet
 * for it (linux/netfilter/nfnetlink_queue.h); it hashes addresses and ports, looks the slot up and gives the packet back with the
 * mark of the slot's target, after which the kernel routes it.
 *
 * It is as quick as this interface allows: only headers are copied, many packets are read with one system call, and all their
 * verdicts are given with another one. A verdict for a batch (NFQNL_MSG_VERDICT_BATCH) is of no use: it has one mark for all.
 *
 * usage: nfqueue-balancer SLOTS MARKS PROGRESS. Slots belong to marks 1..MARKS in turn. PROGRESS is a file of 8 bytes, in which is
 * how many verdicts have been given: the machine's byte order, one store for each batch. Ends when it is killed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { QUEUE = 0, BATCH = 64, HEADERS = 28, RECEIVED = 512, QUEUE_LENGTH = 4096, SOCKET_BYTES = 16 << 20 };

struct verdict {
	struct nlmsghdr message;
	struct nfgenmsg family;
	struct nlattr verdict_attribute;
	struct nfqnl_msg_verdict_hdr verdict;
	struct nlattr mark_attribute;
	uint32_t mark;
};

static void fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static void configure(int fd, uint16_t type, const void *value, uint16_t length)
{
	struct {
		struct nlmsghdr message;
		struct nfgenmsg family;
		struct nlattr attribute;
		uint8_t value[8];
	} request = {
		.message = { .nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_CONFIG, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.family = { .nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0, .res_id = htons(QUEUE) },
		.attribute = { .nla_len = NLA_HDRLEN + length, .nla_type = type },
	};
	struct {
		struct nlmsghdr message;
		struct nlmsgerr error;
		uint8_t quoted[256];
	} answer;
	memcpy(request.value, value, length);
	request.message.nlmsg_len = NLMSG_LENGTH(sizeof request.family) + NLA_HDRLEN + NLA_ALIGN(length);
	if (send(fd, &request, request.message.nlmsg_len, 0) < 0 || recv(fd, &answer, sizeof answer, 0) < 0)
		fail("nfnetlink");
	errno = -answer.error.error;
	if (errno != 0)
		fail("queue configuration");
}

static int open_queue(void)
{
	struct nfqnl_msg_config_cmd bind = { .command = NFQNL_CFG_CMD_BIND };
	struct nfqnl_msg_config_params copy = { .copy_range = htonl(HEADERS), .copy_mode = NFQNL_COPY_PACKET };
	uint32_t length = htonl(QUEUE_LENGTH);
	int on = 1, bytes = SOCKET_BYTES;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	if (fd < 0)
		fail("socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
	setsockopt(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof on);
	configure(fd, NFQA_CFG_CMD, &bind, sizeof bind);
	configure(fd, NFQA_CFG_PARAMS, &copy, sizeof copy);
	configure(fd, NFQA_CFG_QUEUE_MAXLEN, &length, sizeof length);
	return fd;
}

static uint32_t rotated(uint32_t word, int bits)
{
	return word << bits | word >> (32 - bits);
}

/* Of three words, as linux/jhash.h in the kernel. */
static uint32_t jhash(uint32_t a, uint32_t b, uint32_t c)
{
	uint32_t start = 0xdeadbeef + 12;
	a += start, b += start, c += start;
	c = (c ^ b) - rotated(b, 14);
	a = (a ^ c) - rotated(c, 11);
	b = (b ^ a) - rotated(a, 25);
	c = (c ^ b) - rotated(b, 16);
	a = (a ^ c) - rotated(c, 4);
	b = (b ^ a) - rotated(a, 14);
	return (c ^ b) - rotated(b, 24);
}

/* The slot of an IPv4 packet. */
static uint32_t slot(const uint8_t *packet, uint32_t slots)
{
	uint32_t words[3];
	memcpy(words, packet + 12, 8);
	memcpy(words + 2, packet + (packet[0] & 0x0f) * 4, 4);
	return (uint64_t)jhash(words[0], words[1], words[2]) * slots >> 32;
}

static void decide(const uint8_t *received, struct verdict *verdict, const uint32_t *marks, uint32_t slots)
{
	const struct nlmsghdr *message = (const void *)received;
	const uint8_t *at = received + NLMSG_LENGTH(sizeof(struct nfgenmsg));
	const uint8_t *end = received + message->nlmsg_len;
	uint32_t mark = 0;
	while (at + NLA_HDRLEN <= end) {
		const struct nlattr *attribute = (const void *)at;
		const uint8_t *value = at + NLA_HDRLEN;
		int type = attribute->nla_type & NLA_TYPE_MASK;
		if (type == NFQA_PACKET_HDR)
			verdict->verdict.id = ((const struct nfqnl_msg_packet_hdr *)value)->packet_id;
		else if (type == NFQA_PAYLOAD && attribute->nla_len >= NLA_HDRLEN + HEADERS)
			mark = marks[slot(value, slots)];
		at += NLA_ALIGN(attribute->nla_len);
	}
	verdict->verdict.verdict = htonl(mark ? NF_ACCEPT : NF_DROP);
	verdict->mark = htonl(mark);
}

int main(int count, char **arguments)
{
	if (count != 4) {
		fprintf(stderr, "usage: %s SLOTS MARKS PROGRESS\n", arguments[0]);
		return 2;
	}
	uint32_t slots = atoi(arguments[1]), targets = atoi(arguments[2]);
	uint32_t *marks = calloc(slots, sizeof *marks);
	for (uint32_t i = 0; i < slots; i++)
		marks[i] = 1 + i % targets;

	int file = open(arguments[3], O_RDWR | O_CLOEXEC);
	volatile uint64_t *progress = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (progress == MAP_FAILED)
		fail(arguments[3]);

	static uint8_t received[BATCH][RECEIVED];
	static struct verdict verdicts[BATCH];
	static struct mmsghdr messages[BATCH];
	static struct iovec vectors[BATCH];
	for (int i = 0; i < BATCH; i++) {
		vectors[i] = (struct iovec){ received[i], RECEIVED };
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &vectors[i], .msg_iovlen = 1 };
		verdicts[i] = (struct verdict){
			.message = { .nlmsg_len = sizeof(struct verdict), .nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_VERDICT,
				     .nlmsg_flags = NLM_F_REQUEST },
			.family = { .nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0, .res_id = htons(QUEUE) },
			.verdict_attribute = { .nla_len = NLA_HDRLEN + sizeof(struct nfqnl_msg_verdict_hdr),
					       .nla_type = NFQA_VERDICT_HDR },
			.mark_attribute = { .nla_len = NLA_HDRLEN + sizeof(uint32_t), .nla_type = NFQA_MARK },
		};
	}
	int queue = open_queue();
	puts("ready");
	fflush(stdout);
	uint64_t given = 0;
	for (;;) {
		int packets = recvmmsg(queue, messages, BATCH, MSG_WAITFORONE, NULL);
		if (packets < 0)
			fail("recvmmsg");
		for (int i = 0; i < packets; i++)
			decide(received[i], &verdicts[i], marks, slots);
		if (send(queue, verdicts, packets * sizeof verdicts[0], 0) < 0)
			fail("send");
		*progress = given += packets;
	}
}
