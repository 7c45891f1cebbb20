package asyncvet

import (
	"go/ast"
	"go/types"
	"strings"
)

// What is known to block, by name. Calls that are over at once in practice are not here although they
// enter the kernel: writing to a file, os.Stat, net.Listen.

const (
	inThread = "run it with rt.ToThread"

	// runsAlready is about what does not block, but only because it refuses to.
	runsAlready = "the loop runs already: await the coroutine, or make it a task"
)

// blockers maps the full names of functions to what to do instead.
var blockers = advise(map[string]string{
	"write rt.Await(rt.Sleep(d))": `time.Sleep`,

	"tasks need no mutex between awaits, and rt.Lock across them; what goroutines share belongs in rt.ToThread": `
		(*sync.Mutex).Lock (*sync.RWMutex).Lock (*sync.RWMutex).RLock (sync.Locker).Lock`,
	"wait for tasks with rt.Gather or rt.WithTaskGroup, and for goroutines in rt.ToThread": `
		(*sync.WaitGroup).Wait (*golang.org/x/sync/errgroup.Group).Wait`,
	"tasks have rt.Condition": `(*sync.Cond).Wait`,
	"tasks have rt.Semaphore": `(*golang.org/x/sync/semaphore.Weighted).Acquire`,

	runsAlready: rtPath + `.Run ` + rtPath + `.RunOn ` + rtPath + `.Main`,
	"it waits for a loop, which may be this one: make the coroutine a task, or await it": `(*` + rtPath + `.Submitted).Wait`,

	inThread: `
		(*os/exec.Cmd).Run (*os/exec.Cmd).Output (*os/exec.Cmd).CombinedOutput (*os/exec.Cmd).Wait (*os.Process).Wait

		os.ReadFile os.WriteFile os.ReadDir os.CopyFS
		(*os.File).Read (*os.File).ReadAt (*os.File).ReadFrom (*os.File).WriteTo (*os.File).Sync
		io/ioutil.ReadFile io/ioutil.WriteFile io/fs.ReadFile path/filepath.Walk path/filepath.WalkDir
		fmt.Scan fmt.Scanf fmt.Scanln

		net.Dial net.DialTimeout net.DialTCP net.DialUDP net.DialUnix net.DialIP
		(*net.Dialer).Dial (*net.Dialer).DialContext
		net.LookupAddr net.LookupCNAME net.LookupHost net.LookupIP net.LookupMX net.LookupNS net.LookupPort
		net.LookupSRV net.LookupTXT net.ResolveTCPAddr net.ResolveUDPAddr net.ResolveIPAddr
		(*net.Resolver).LookupAddr (*net.Resolver).LookupCNAME (*net.Resolver).LookupHost
		(*net.Resolver).LookupIP (*net.Resolver).LookupIPAddr (*net.Resolver).LookupMX
		(*net.Resolver).LookupNS (*net.Resolver).LookupSRV (*net.Resolver).LookupTXT
		(net.Conn).Read (net.Conn).Write (*net.conn).Read (*net.conn).Write (net.PacketConn).ReadFrom
		(*net.UDPConn).Read (*net.UDPConn).ReadFrom (*net.UDPConn).ReadFromUDP (*net.UDPConn).ReadFromUDPAddrPort
		(*net.UDPConn).ReadMsgUDP (*net.IPConn).ReadFrom (*net.UnixConn).ReadFrom (*net.TCPConn).ReadFrom
		(net.Listener).Accept (*net.TCPListener).Accept (*net.TCPListener).AcceptTCP
		(*net.UnixListener).Accept (*net.UnixListener).AcceptUnix
		crypto/tls.Dial crypto/tls.DialWithDialer (*crypto/tls.Dialer).DialContext (*crypto/tls.Conn).Read
		(*crypto/tls.Conn).Write (*crypto/tls.Conn).Handshake (*crypto/tls.Conn).HandshakeContext

		net/http.Get net/http.Head net/http.Post net/http.PostForm
		(*net/http.Client).Do (*net/http.Client).Get (*net/http.Client).Head (*net/http.Client).Post (*net/http.Client).PostForm
		(net/http.RoundTripper).RoundTrip (*net/http.Transport).RoundTrip
		net/http.ListenAndServe net/http.ListenAndServeTLS net/http.Serve net/http.ServeTLS
		(*net/http.Server).ListenAndServe (*net/http.Server).ListenAndServeTLS
		(*net/http.Server).Serve (*net/http.Server).ServeTLS (*net/http.Server).Shutdown
		(*net/rpc.Client).Call net/rpc.Dial net/rpc.DialHTTP net/smtp.SendMail

		(*database/sql.DB).Ping (*database/sql.DB).PingContext (*database/sql.DB).Begin (*database/sql.DB).BeginTx
		(*database/sql.DB).Query (*database/sql.DB).QueryContext (*database/sql.DB).QueryRow
		(*database/sql.DB).QueryRowContext (*database/sql.DB).Exec (*database/sql.DB).ExecContext
		(*database/sql.DB).Prepare (*database/sql.DB).PrepareContext (*database/sql.DB).Conn
		(*database/sql.Tx).Query (*database/sql.Tx).QueryContext (*database/sql.Tx).QueryRow
		(*database/sql.Tx).QueryRowContext (*database/sql.Tx).Exec (*database/sql.Tx).ExecContext
		(*database/sql.Tx).Commit (*database/sql.Tx).Rollback
		(*database/sql.Stmt).Query (*database/sql.Stmt).QueryContext (*database/sql.Stmt).QueryRow
		(*database/sql.Stmt).QueryRowContext (*database/sql.Stmt).Exec (*database/sql.Stmt).ExecContext
		(*database/sql.Conn).QueryContext (*database/sql.Conn).ExecContext`,
})

// advise turns advice → names into name → advice.
func advise(table map[string]string) map[string]string {
	list := map[string]string{}
	for advice, names := range table {
		for name := range strings.FieldsSeq(names) {
			list[name] = advice
		}
	}
	return list
}

// readers maps functions and methods that block if what they read from does to the number of the
// argument; receiver stands for the receiver.
var readers = map[string]int{
	"io.ReadAll": 0, "io.ReadFull": 0, "io.ReadAtLeast": 0, "io.Copy": 1, "io.CopyN": 1, "io.CopyBuffer": 1,
	"io/ioutil.ReadAll": 0, "fmt.Fscan": 0, "fmt.Fscanf": 0, "fmt.Fscanln": 0, "net/http.ReadRequest": 0, "net/http.ReadResponse": 0,
	"(io.Reader).Read": receiver, "(*bufio.Scanner).Scan": receiver,
	"(*bufio.Reader).Read": receiver, "(*bufio.Reader).ReadByte": receiver, "(*bufio.Reader).ReadBytes": receiver,
	"(*bufio.Reader).ReadLine": receiver, "(*bufio.Reader).ReadRune": receiver, "(*bufio.Reader).ReadSlice": receiver,
	"(*bufio.Reader).ReadString": receiver, "(*bufio.Reader).Peek": receiver, "(*bufio.Reader).Discard": receiver,
	"(*encoding/json.Decoder).Decode": receiver, "(*encoding/gob.Decoder).Decode": receiver, "(*encoding/xml.Decoder).Decode": receiver,
	"(*encoding/csv.Reader).Read": receiver, "(*encoding/csv.Reader).ReadAll": receiver,
}

const receiver = -1

// wrappers are the functions that make what they are given a reader of another kind.
var wrappers = map[string]bool{
	"bufio.NewReader": true, "bufio.NewReaderSize": true, "bufio.NewScanner": true, "io.LimitReader": true,
	"encoding/json.NewDecoder": true, "encoding/gob.NewDecoder": true, "encoding/xml.NewDecoder": true, "encoding/csv.NewReader": true,
}

// knownBlock says how a call of a known function blocks, or gives nil.
func (c *check) knownBlock(call *ast.CallExpr) *block {
	f := c.callee(call)
	if f == nil {
		return nil
	}
	name := fullName(f)
	if advice, ok := blockers[name]; ok {
		return &block{display(f), advice}
	}
	at, ok := readers[name]
	if !ok || at >= len(call.Args) {
		return nil
	}
	var from ast.Expr
	if at != receiver {
		from = call.Args[at]
	} else if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		from = sel.X
	}
	if from == nil || !c.readsSlowly(from) {
		return nil
	}
	return &block{display(f), inThread}
}

// readsSlowly reports whether an expression reads a file, a connection or the body of a response, as
// far as its type or its definition tells.
func (c *check) readsSlowly(e ast.Expr) bool {
	e = ast.Unparen(e)
	switch typeName(c.Info.TypeOf(e)) {
	case "os.File", "net.Conn", "net.TCPConn", "net.UnixConn", "net.UDPConn", "crypto/tls.Conn":
		return true
	}
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return e.Sel.Name == "Body" && typeName(c.Info.TypeOf(e.X)) == "net/http.Response"
	case *ast.CallExpr:
		f := c.callee(e)
		return f != nil && wrappers[fullName(f)] && c.readsSlowly(e.Args[0])
	case *ast.Ident:
		v := c.variable(e)
		if v == nil || c.inits[v] == nil {
			return false
		}
		call, ok := ast.Unparen(c.inits[v]).(*ast.CallExpr)
		return ok && c.readsSlowly(call)
	}
	return false
}

// typeName is the full name of a type or of what it points to.
func typeName(t types.Type) string {
	if t == nil {
		return ""
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return ""
	}
	return named.Obj().Pkg().Path() + "." + named.Obj().Name()
}

// display is the name of a function as a programmer writes it: http.Get, sync.WaitGroup.Wait.
func display(f *types.Func) string {
	name := f.Name()
	if recv := f.Signature().Recv(); recv != nil {
		t := typeName(recv.Type())
		name = t[strings.LastIndexByte(t, '.')+1:] + "." + name
	}
	return f.Pkg().Name() + "." + name
}
