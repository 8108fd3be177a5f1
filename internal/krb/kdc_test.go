package krb

import (
	"crypto/rand"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/types"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// kdc is a KDC of several realms that does what a real one cannot be made to do. Its tickets are numbers.
type kdc struct {
	t        *testing.T
	password string        // everybody's
	preAuth  bool          // wants a timestamp first
	params   []byte        // of string-to-key
	claimed  []byte        // what it says of params, if that is not true
	etype    int32         // of keys
	life     time.Duration // of tickets
	services map[string]string
	edit     func(kind int, rep *reply, part *replyPart) // spoils a reply

	stop func() // ends serve

	mu      sync.Mutex
	tickets []*ticket
	asked   []string
}

func newKDC(t *testing.T) *kdc {
	return &kdc{
		t: t, password: "wine", preAuth: true, etype: etypeID.AES256_CTS_HMAC_SHA1_96, life: time.Hour,
		services: map[string]string{"hive/h": "A"},
	}
}

// conf is the krb5.conf of the realms, all of them at addr.
func (k *kdc) conf(addr string, defaults ...string) string {
	realms := ""
	for _, r := range []string{"A", "B", "C"} {
		realms += r + " = {\n kdc = " + addr + "\n}\n"
	}
	return "[libdefaults]\ndefault_realm = A\nudp_preference_limit = 1\n" + strings.Join(defaults, "\n") + "\n[realms]\n" + realms
}

// serve answers on TCP until the test ends.
func (k *kdc) serve() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		k.t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				var head [4]byte
				if _, err := io.ReadFull(conn, head[:]); err != nil {
					return
				}
				b := make([]byte, binary.BigEndian.Uint32(head[:]))
				if _, err := io.ReadFull(conn, b); err != nil {
					return
				}
				b = k.answer(b)
				conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...))
			})
		}
	})
	k.stop = func() { l.Close(); all.Wait() }
	k.t.Cleanup(k.stop)
	return l.Addr().String()
}

// serveUDP answers on UDP only.
func (k *kdc) serveUDP() string {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		k.t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		b := make([]byte, 64<<10)
		for {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			c.WriteTo(k.answer(b[:n]), from)
		}
	})
	k.t.Cleanup(func() { c.Close(); all.Wait() })
	return c.LocalAddr().String()
}

func (k *kdc) secret(client principal) types.EncryptionKey {
	key, err := password{client, k.password}.key(types.ETypeInfo2Entry{EType: k.etype, S2KParams: k.params})
	if err != nil {
		k.t.Error(err)
	}
	return key
}

func (k *kdc) refuse(code int32, data []byte) []byte {
	return k.encode(asnAppTag.KRBError, refusal{
		PVNO: iana.PVNO, MsgType: msgtype.KRB_ERROR, STime: time.Now().UTC(), ErrorCode: code, Realm: "A",
		SName: types.PrincipalName{NameString: []string{"krbtgt", "A"}}, EData: data,
	})
}

func (k *kdc) encode(tag int, message any) []byte {
	b, err := encode(tag, message)
	if err != nil {
		k.t.Error(err)
	}
	return b
}

// answer makes the reply to a request.
func (k *kdc) answer(b []byte) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	var req request
	login := decode(b, asnAppTag.ASREQ, &req) == nil
	if !login {
		req = request{}
		if err := decode(b, asnAppTag.TGSREQ, &req); err != nil {
			k.t.Error(err)
			return nil
		}
	}
	var body requestBody
	if _, err := asn1.Unmarshal(req.Body.Bytes, &body); err != nil {
		k.t.Error(err)
		return nil
	}
	asked := principal{body.SName, body.Realm}
	k.asked = append(k.asked, asked.String())
	if login {
		return k.login(req, body)
	}
	return k.exchange(req, body)
}

func (k *kdc) login(req request, body requestBody) []byte {
	client := principal{body.CName, body.Realm}
	key := k.secret(client)
	params := k.params
	if k.claimed != nil {
		params = k.claimed
	}
	info, err := asn1.Marshal(types.ETypeInfo2{{EType: k.etype, Salt: client.name.GetSalt(client.realm), S2KParams: params}})
	if err != nil {
		k.t.Error(err)
	}
	data := types.PADataSequence{{PADataType: patype.PA_ETYPE_INFO2, PADataValue: info}}
	if k.preAuth {
		if len(req.PAData) == 0 {
			b, err := asn1.Marshal(data)
			if err != nil {
				k.t.Error(err)
			}
			return k.refuse(errorcode.KDC_ERR_PREAUTH_REQUIRED, b)
		}
		var stamp types.EncryptedData
		if err := stamp.Unmarshal(req.PAData[0].PADataValue); err != nil {
			k.t.Error(err)
		}
		if _, err := decrypt(stamp, key, keyusage.AS_REQ_PA_ENC_TIMESTAMP); err != nil {
			return k.refuse(errorcode.KDC_ERR_PREAUTH_FAILED, nil)
		}
	}
	return k.grant(msgtype.KRB_AS_REP, client, principal{body.SName, body.Realm}, body, key, keyusage.AS_REP_ENCPART, data)
}

func (k *kdc) exchange(req request, body requestBody) []byte {
	var shown showing
	if err := decode(req.PAData[0].PADataValue, asnAppTag.APREQ, &shown); err != nil {
		k.t.Error(err)
		return nil
	}
	tgt := k.find(shown.Ticket.Bytes)
	b, err := decrypt(shown.Authenticator, tgt.key, keyusage.TGS_REQ_PA_TGS_REQ_AP_REQ_AUTHENTICATOR)
	if err != nil {
		k.t.Error(err)
		return nil
	}
	var auth types.Authenticator
	if err := auth.Unmarshal(b); err != nil {
		k.t.Error(err)
	}
	et, err := crypto.GetEtype(tgt.key.KeyType)
	if err != nil {
		k.t.Error(err)
		return nil
	}
	if !et.VerifyChecksum(tgt.key.KeyValue, req.Body.Bytes, auth.Cksum.Checksum, keyusage.TGS_REQ_PA_TGS_REQ_AP_REQ_AUTHENTICATOR_CHKSUM) {
		return k.refuse(errorcode.KRB_AP_ERR_MODIFIED, nil)
	}
	service := principal{body.SName, body.Realm}
	if service.name.NameString[0] != "krbtgt" {
		switch realm := k.services[service.name.PrincipalNameString()]; realm {
		case "":
			return k.refuse(errorcode.KDC_ERR_S_PRINCIPAL_UNKNOWN, nil)
		case service.realm:
		default: // a referral
			service = krbtgt(realm, service.realm)
		}
	} else if service.name.NameString[1] == "C" && service.realm == "A" {
		service = krbtgt("B", "A") // the way to C leads through B
	}
	if types.IsFlagSet(&body.Options, flags.Renew) && tgt.renewTill.IsZero() {
		return k.refuse(errorcode.KDC_ERR_BADOPTION, nil)
	}
	return k.grant(msgtype.KRB_TGS_REP, tgt.client, service, body, tgt.key, keyusage.TGS_REP_ENCPART_SESSION_KEY, nil)
}

// find returns the ticket of a number.
func (k *kdc) find(encoded []byte) *ticket {
	var n struct{ N int }
	if err := decode(encoded, asnAppTag.Ticket, &n); err != nil || n.N >= len(k.tickets) {
		k.t.Errorf("the ticket was changed: %v", err)
		return k.tickets[0]
	}
	return k.tickets[n.N]
}

// grant makes a new ticket.
func (k *kdc) grant(kind int, client, service principal, body requestBody, key types.EncryptionKey, usage uint32, data types.PADataSequence) []byte {
	session := types.EncryptionKey{KeyType: body.EType[0], KeyValue: make([]byte, sealing[body.EType[0]])}
	rand.Read(session.KeyValue)
	now := time.Now().UTC().Truncate(time.Second)
	part := replyPart{
		Key: session, LastReqs: []lastRequest{{Value: now}}, Nonce: body.Nonce, Flags: types.NewKrbFlags(),
		AuthTime: now, EndTime: now.Add(k.life), SRealm: service.realm, SName: service.name,
	}
	if !body.RTime.IsZero() {
		part.RenewTill = body.RTime
	}
	rep := reply{PVNO: iana.PVNO, MsgType: kind, PAData: data, CRealm: client.realm, CName: client.name}
	if k.edit != nil {
		k.edit(kind, &rep, &part)
	}
	encoded := k.encode(asnAppTag.Ticket, struct{ N int }{len(k.tickets)})
	k.tickets = append(k.tickets, &ticket{
		client: client, server: service, encoded: encoded, key: session, start: now, end: part.EndTime, renewTill: part.RenewTill,
	})
	sealed, err := crypto.GetEncryptedData(k.encode(asnAppTag.EncTGSRepPart, part), key, usage, 1)
	if err != nil {
		k.t.Error(err)
	}
	rep.Ticket, rep.EncPart = within(5, encoded), sealed
	if kind == msgtype.KRB_AS_REP {
		return k.encode(asnAppTag.ASREP, rep)
	}
	return k.encode(asnAppTag.TGSREP, rep)
}
