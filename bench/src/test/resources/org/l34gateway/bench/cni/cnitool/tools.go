// SPDX-License-Identifier: Apache-2.0

//go:build tools

// The specification's own caller of plugins, which tests build from this module, so that go.mod and go.sum cover it.
package main

import _ "github.com/containernetworking/cni/cnitool"
