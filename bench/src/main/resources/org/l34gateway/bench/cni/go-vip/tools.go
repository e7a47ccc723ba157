// SPDX-License-Identifier: Apache-2.0

//go:build tools

// The plugins of others that the benchmark builds from this module, so that go.mod and go.sum cover them.
package main

import (
	_ "github.com/containernetworking/plugins/plugins/main/loopback"
	_ "github.com/containernetworking/plugins/plugins/meta/sbr"
	_ "github.com/containernetworking/plugins/plugins/meta/tuning"
)
