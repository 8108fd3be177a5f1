package discovery

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
)

const (
	settingHost = "hive.server2.thrift.bind.host"
	settingURI  = "hive.server2.instance.uri"
)

var errNoAddress = errors.New("it holds no address of a HiveServer2")

// parseNode reads what a server has registered for dynamic service discovery (HiveServer2.addServerInstanceToZooKeeper):
// a znode of the name serverUri=host:port;version=…;sequence=…, whose data are the same host:port or settings.
func parseNode(name string, data []byte) (Server, error) {
	text := string(data)
	if !strings.Contains(text, "=") {
		return serverAt(cmp.Or(strings.TrimSpace(text), uriOf(name)))
	}
	settings := map[string]string{}
	for pair := range strings.SplitSeq(text, ";") {
		if key, value, ok := strings.Cut(pair, "="); ok && value != "" {
			settings[strings.TrimSpace(key)] = value
		}
	}
	s, err := serverAt(cmp.Or(settings[settingURI], uriOf(name)))
	if host := settings[settingHost]; host != "" {
		s.Host, err = host, nil
	}
	s.Settings = settings
	return s, err
}

// uriOf is the address in a znode's name; Kyuubi calls it serviceUri.
func uriOf(name string) string {
	for part := range strings.SplitSeq(name, ";") {
		if key, uri, ok := strings.Cut(part, "="); ok && (key == "serverUri" || key == "serviceUri") {
			return uri
		}
	}
	return ""
}

func serverAt(addr string) (Server, error) {
	host, text, err := net.SplitHostPort(addr)
	port, bad := strconv.ParseUint(text, 10, 16)
	if err != nil || bad != nil || host == "" || port == 0 {
		return Server{}, errNoAddress
	}
	return Server{Host: host, Port: int(port)}, nil
}

// parseRecord reads what a server of an active/passive pair has registered: a record in JSON as YARN's services have
// (org.apache.hadoop.registry.client.types.ServiceRecord), with the settings as further members. The active one has an
// endpoint of that name (HS2ActivePassiveHARegistry).
func parseRecord(data []byte) (s Server, active bool, err error) {
	var record struct {
		Internal []struct {
			API       string              `json:"api"`
			Addresses []map[string]string `json:"addresses"`
		} `json:"internal"`
	}
	var all map[string]any
	if err := errors.Join(json.Unmarshal(data, &record), json.Unmarshal(data, &all)); err != nil {
		return Server{}, false, fmt.Errorf("it holds no record of a service: %w", err)
	}
	settings := map[string]string{}
	for key, value := range all {
		if text, ok := value.(string); ok && text != "" {
			settings[key] = text
		}
	}
	s, err = serverAt(settings[settingURI])
	for _, endpoint := range record.Internal {
		if endpoint.API != "activeEndpoint" && endpoint.API != "passiveEndpoint" {
			continue
		}
		active = endpoint.API == "activeEndpoint"
		for _, a := range endpoint.Addresses {
			if at, bad := serverAt(net.JoinHostPort(a["host"], a["port"])); bad == nil {
				s, err = at, nil
			}
		}
	}
	if host := settings[settingHost]; host != "" {
		s.Host, err = host, nil
	}
	s.Settings = settings
	return s, active, err
}
