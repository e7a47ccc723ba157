// SPDX-License-Identifier: Apache-2.0

// A CNI plugin with the function of loopback-vip on the stack that plugins usually have: ADD puts the addresses of
// args.cni.vips on lo of the pod, DEL takes them away. It keeps no records and takes no locks.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"syscall"

	"github.com/containernetworking/cni/pkg/skel"
	"github.com/containernetworking/cni/pkg/types"
	current "github.com/containernetworking/cni/pkg/types/100"
	"github.com/containernetworking/cni/pkg/version"
	"github.com/containernetworking/plugins/pkg/ns"
	bv "github.com/containernetworking/plugins/pkg/utils/buildversion"
	"github.com/vishvananda/netlink"
)

// noDAD is IFA_F_NODAD of linux/if_addr.h: nobody else on lo can have the address.
const noDAD = 0x02

type netConf struct {
	types.NetConf
	Args struct {
		CNI struct {
			VIPs []string `json:"vips"`
		} `json:"cni"`
	} `json:"args"`
}

func main() {
	skel.PluginMainFuncs(skel.CNIFuncs{
		Add:   cmdAdd,
		Check: cmdCheck,
		Del:   cmdDel,
	}, version.All, bv.BuildString("go-vip"))
}

func parse(stdin []byte) (*netConf, []*netlink.Addr, error) {
	conf := &netConf{}
	if err := json.Unmarshal(stdin, conf); err != nil {
		return nil, nil, fmt.Errorf("failed to load netconf: %w", err)
	}
	addrs := make([]*netlink.Addr, 0, len(conf.Args.CNI.VIPs))
	for _, vip := range conf.Args.CNI.VIPs {
		ip, ipnet, err := net.ParseCIDR(vip)
		if err != nil {
			return nil, nil, fmt.Errorf("invalid vip: %w", err)
		}
		addrs = append(addrs, &netlink.Addr{IPNet: &net.IPNet{IP: ip, Mask: ipnet.Mask}, Flags: noDAD})
	}
	return conf, addrs, nil
}

func cmdAdd(args *skel.CmdArgs) error {
	conf, addrs, err := parse(args.StdinData)
	if err != nil {
		return err
	}
	if len(addrs) == 0 {
		return errors.New("no vips given")
	}
	err = ns.WithNetNSPath(args.Netns, func(_ ns.NetNS) error {
		lo, err := netlink.LinkByName("lo")
		if err != nil {
			return err
		}
		for _, addr := range addrs {
			if err := netlink.AddrAdd(lo, addr); err != nil && !errors.Is(err, syscall.EEXIST) {
				return fmt.Errorf("failed to add %v: %w", addr, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if conf.RawPrevResult == nil {
		return types.PrintResult(&current.Result{
			CNIVersion: current.ImplementedSpecVersion,
			Interfaces: []*current.Interface{{Name: args.IfName, Mac: "00:00:00:00:00:00", Sandbox: args.Netns}},
		}, conf.CNIVersion)
	}
	if err := version.ParsePrevResult(&conf.NetConf); err != nil {
		return err
	}
	return types.PrintResult(conf.PrevResult, conf.CNIVersion)
}

func cmdDel(args *skel.CmdArgs) error {
	if args.Netns == "" {
		return nil
	}
	_, addrs, err := parse(args.StdinData)
	if err != nil {
		return err
	}
	err = ns.WithNetNSPath(args.Netns, func(_ ns.NetNS) error {
		lo, err := netlink.LinkByName("lo")
		if err != nil {
			return err
		}
		for _, addr := range addrs {
			if err := netlink.AddrDel(lo, addr); err != nil && !errors.Is(err, syscall.EADDRNOTAVAIL) {
				return fmt.Errorf("failed to delete %v: %w", addr, err)
			}
		}
		return nil
	})
	if _, gone := err.(ns.NSPathNotExistErr); gone {
		return nil
	}
	return err
}

func cmdCheck(args *skel.CmdArgs) error {
	_, addrs, err := parse(args.StdinData)
	if err != nil {
		return err
	}
	return ns.WithNetNSPath(args.Netns, func(_ ns.NetNS) error {
		lo, err := netlink.LinkByName("lo")
		if err != nil {
			return err
		}
		present, err := netlink.AddrList(lo, netlink.FAMILY_ALL)
		if err != nil {
			return err
		}
		for _, addr := range addrs {
			found := false
			for _, other := range present {
				found = found || addr.Equal(other)
			}
			if !found {
				return fmt.Errorf("lo lacks %v", addr)
			}
		}
		return nil
	})
}
