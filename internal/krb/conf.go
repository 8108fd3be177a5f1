package krb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
)

// conf is a krb5.conf.
type conf struct {
	*config.Config
	cache string // default_ccache_name, which gokrb5 does not read
	from  string // where it comes from, for errors
}

// sealing are the types of keys whose tokens RFC 4121 describes, with the keys' sizes in bytes, of which gokrb5 gets one
// wrong. Older types have tokens of their own, and are broken or nearly so.
var sealing = map[int32]int{
	etypeID.AES128_CTS_HMAC_SHA1_96:    16,
	etypeID.AES256_CTS_HMAC_SHA1_96:    32,
	etypeID.AES128_CTS_HMAC_SHA256_128: 16,
	etypeID.AES256_CTS_HMAC_SHA384_192: 32,
}

// readConf reads text if it is not empty, or else the files, parted by colons as in KRB5_CONFIG, or else those that
// KRB5_CONFIG names, or else /etc/krb5.conf.
func readConf(files, text string) (*conf, error) {
	c := &conf{from: "its text"}
	if text == "" {
		c.from = cmp.Or(files, os.Getenv("KRB5_CONFIG"), "/etc/krb5.conf")
		var s sections
		found := false
		for _, name := range filepath.SplitList(c.from) {
			err := s.readFile(name, 0)
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				return nil, err
			}
			found = found || err == nil
		}
		if !found {
			return nil, fmt.Errorf("%s: %w", c.from, os.ErrNotExist)
		}
		text = s.text()
	} else {
		var s sections
		if err := s.read(text, "", maxIncludes); err != nil {
			return nil, err
		}
		text = s.text()
	}
	err := guard(func() (err error) {
		c.Config, err = config.NewFromString(text)
		var unsupported config.UnsupportedDirective // of Kerberos 4
		if errors.As(err, &unsupported) {
			return nil
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.from, err)
	}
	c.cache = libdefault(text, "default_ccache_name")
	strong := func(ids []int32) []int32 {
		return slices.DeleteFunc(slices.Clone(ids), func(id int32) bool { return sealing[id] == 0 })
	}
	if c.LibDefaults.DefaultTGSEnctypeIDs = strong(c.LibDefaults.DefaultTGSEnctypeIDs); len(c.LibDefaults.DefaultTGSEnctypeIDs) == 0 {
		return nil, fmt.Errorf("%s: default_tgs_enctypes has none of the AES types, and no others are supported", c.from)
	}
	return c, nil
}

// sections are the lines of a krb5.conf by section, since gokrb5 keeps only the last one of a name, and knows no files
// that a file includes.
type sections struct {
	names []string
	lines map[string][]string
}

const maxIncludes = 8 // files that include files

func (s *sections) readFile(name string, depth int) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return s.read(string(b), name, depth)
}

func (s *sections) read(text, from string, depth int) error {
	section := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		word, rest, _ := strings.Cut(line, " ")
		switch {
		case word == "include" || word == "includedir":
			if depth == maxIncludes {
				return fmt.Errorf("%s: %s is not followed any further", from, line)
			}
			if err := s.include(word, strings.TrimSpace(rest), depth+1); err != nil {
				return fmt.Errorf("%s: %s: %v", from, line, err) // not wrapped: from itself is there
			}
		case strings.HasPrefix(line, "["):
			section, _, _ = strings.Cut(line[1:], "]")
			if s.lines == nil {
				s.lines = map[string][]string{}
			}
			if s.lines[section] == nil {
				s.names = append(s.names, section)
			}
		case section != "":
			s.lines[section] = append(s.lines[section], line)
		}
	}
	return nil
}

// include reads a file, or those files of a folder that libkrb5 would: their names are plain words, or end in .conf.
func (s *sections) include(word, name string, depth int) error {
	if word == "include" {
		return s.readFile(name, depth)
	}
	entries, err := os.ReadDir(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		plain := !strings.ContainsFunc(e.Name(), func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
		})
		if e.IsDir() || !plain && (!strings.HasSuffix(e.Name(), ".conf") || strings.HasPrefix(e.Name(), ".")) {
			continue
		}
		if err := s.readFile(filepath.Join(name, e.Name()), depth); err != nil {
			return err
		}
	}
	return nil
}

func (s *sections) text() string {
	var b strings.Builder
	for _, name := range s.names {
		b.WriteString("[" + name + "]\n" + strings.Join(s.lines[name], "\n") + "\n")
	}
	return b.String()
}

// libdefault finds a value of the section libdefaults.
func libdefault(text, key string) string {
	section := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			section = line
		}
		name, value, ok := strings.Cut(line, "=")
		if ok && section == "[libdefaults]" && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// kdcs returns the addresses of a realm's KDCs, in the order in which to try them.
func (c *conf) kdcs(ctx context.Context, realm string) ([]string, error) {
	for _, r := range c.Realms {
		if r.Realm == realm && len(r.KDC) > 0 {
			return r.KDC, nil
		}
	}
	if !c.LibDefaults.DNSLookupKDC {
		return nil, fmt.Errorf("krb5.conf (%s) names no KDC of the realm %s, and dns_lookup_kdc is off", c.from, realm)
	}
	_, records, err := net.DefaultResolver.LookupSRV(ctx, "kerberos", "tcp", realm)
	if err != nil {
		return nil, fmt.Errorf("krb5.conf (%s) names no KDC of the realm %s, and DNS does not: %w", c.from, realm, err)
	}
	var addrs []string
	for _, r := range records {
		addrs = append(addrs, net.JoinHostPort(strings.TrimSuffix(r.Target, "."), strconv.Itoa(int(r.Port))))
	}
	return addrs, nil
}
