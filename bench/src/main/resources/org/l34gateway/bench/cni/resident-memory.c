// SPDX-License-Identifier: Apache-2.0
// Runs a program and writes how much memory it had resident at most, in KiB, as the last line of standard error. Small itself,
// because the kernel counts what a process had before exec(2) too: a program that a JVM starts never seems to be smaller than it.
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv)
{
	struct rusage usage;
	int status;
	pid_t child;

	if (argc < 2)
		return 2;
	// No vfork(2): the child would have the memory of its parent's whole life.
	child = fork();
	if (child < 0) {
		perror("fork");
		return 2;
	}
	if (child == 0) {
		execve(argv[1], argv + 1, environ);
		perror(argv[1]);
		_exit(127);
	}
	if (wait4(child, &status, 0, &usage) != child) {
		perror("wait4");
		return 2;
	}
	dprintf(2, "%ld\n", usage.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
