package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/skep-go/skep/hivetest"
)

func local(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return usageError("local wants a command")
	}
	switch command, args := args[0], args[1:]; command {
	case "up":
		return up(ctx, args)
	case "down":
		return down(ctx, args)
	case "status":
		if len(args) > 0 {
			return usageError("status takes no arguments")
		}
		return status(ctx)
	case "run":
		return run(ctx, args)
	case "help", "-h", "--help":
		fmt.Print(usage)
		return nil
	default:
		return usageError(fmt.Sprintf("local has no command %q", command))
	}
}

// kindsOf checks names of kinds; none stand for the default.
func kindsOf(names []string, byDefault ...hivetest.Kind) ([]hivetest.Kind, error) {
	if len(names) == 0 {
		return byDefault, nil
	}
	var kinds []hivetest.Kind
	for _, name := range names {
		kind := hivetest.Kind(name)
		if !slices.Contains(hivetest.Kinds(), kind) {
			return nil, usageError(fmt.Sprintf("%q is no kind of server", name))
		}
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds, nil
}

func up(ctx context.Context, args []string) error {
	kinds, err := kindsOf(args, hivetest.Hive401)
	if err != nil {
		return err
	}
	for _, kind := range kinds {
		began := time.Now()
		s, err := hivetest.Start(ctx, hivetest.Options{Kind: kind, Log: os.Stderr})
		if err != nil {
			return err
		}
		if err := s.Pin(ctx); err != nil {
			return err
		}
		status, err := s.Status(ctx)
		if err != nil {
			return err
		}
		fmt.Printf("%s is up after %.1f s\n", kind, time.Since(began).Seconds())
		show(status)
	}
	fmt.Println("end it with: skep local down")
	return nil
}

func down(ctx context.Context, args []string) error {
	if len(args) == 1 && args[0] == "all" {
		args = nil
	}
	kinds, err := kindsOf(args, hivetest.Kinds()...)
	if err != nil {
		return err
	}
	stopped, err := hivetest.Stop(ctx, kinds...)
	for _, kind := range stopped {
		fmt.Println(kind, "is down")
	}
	if err == nil && len(stopped) == 0 {
		fmt.Println("nothing was up")
	}
	return err
}

func status(ctx context.Context) error {
	all, err := hivetest.Running(ctx)
	for _, s := range all {
		held := fmt.Sprintf("%d processes use it", s.Leases)
		if s.Leases == 1 {
			held = "1 process uses it"
		}
		if s.Private {
			held = "private"
		} else if s.Pinned {
			held += ", pinned"
		}
		fmt.Printf("%s runs since %s (%s)\n", s.Kind, s.Started.Local().Format(time.DateTime), held)
		show(s)
	}
	if err == nil && len(all) == 0 {
		fmt.Println("nothing is up")
	}
	return err
}

// labels name the services, in the order in which they are shown.
var labels = []struct{ service, label string }{
	{"nonehttp", "HTTP"},
	{"nosasl", "NOSASL"},
	{"ldap", "LDAP (alice, alice-secret)"},
	{"ldaphttp", "LDAP over HTTP"},
	{"tls", "LDAP over TLS"},
	{"tlshttp", "LDAP over HTTPS"},
	{"jwthttp", "JWT over HTTP"},
	{"idle", "sessions expire after 3 s"},
	{"metastore", "metastore"},
	{"auth", "Kerberos, auth"},
	{"authhttp", "Kerberos over HTTP"},
	{"auth-int", "Kerberos, auth-int"},
	{"auth-conf", "Kerberos, auth-conf"},
	{"kdc", "KDC"},
	{"zookeeper", "ZooKeeper"},
}

func show(s hivetest.Status) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	line := func(label, value string) {
		if value != "" {
			fmt.Fprintf(w, "  %s\t%s\n", label, value)
		}
	}
	line("version", s.Version)
	line("DSN", s.DSN)
	for _, l := range labels {
		line(l.label, s.Addrs[l.service])
	}
	line("process", fmt.Sprintf("%d, up %s", s.PID, time.Since(s.Started).Round(time.Second)))
	line("log", s.LogFile)
	w.Flush()
}
