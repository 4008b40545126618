/** The HTML report's style: dark and light by the reader's choice, colours that the colour-blind tell apart. */
export const STYLE = `
:root{color-scheme:light dark;--back:#fff;--fore:#1c1e21;--soft:#6b7280;--line:#d4d7dc;--card:#f6f7f9;--add:#0072b2;--del:#d55e00;--mod:#b38600;--move:#7a5ea8}
@media(prefers-color-scheme:dark){:root{--back:#111217;--fore:#e6e7ea;--soft:#9aa0aa;--line:#2f333b;--card:#191b21;--add:#56b4e9;--del:#ff8f4d;--mod:#f0c34a;--move:#b79be0}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--fore);font:15px/1.5 system-ui,sans-serif}
main{max-width:1200px;margin:0 auto;padding:24px 20px 80px}
h1{font-size:24px;margin:0 0 4px}h2{font-size:19px;margin:0 0 8px}h3{font-size:16px;margin:0 0 4px}
header p,figcaption{color:var(--soft);margin:0}
section{margin-top:28px;padding:16px 18px;border:1px solid var(--line);border-radius:8px}
section.paging{border-color:var(--del);border-width:2px}
article+article{margin-top:14px;padding-top:14px;border-top:1px solid var(--line)}
nav{margin-top:20px;display:flex;flex-wrap:wrap;gap:6px 16px}a{color:var(--add)}
summary h2{display:inline}.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:6px 12px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
ul{margin:4px 0 12px;padding-left:20px}li.affects{font-weight:600}
code,pre{font:13px/1.45 ui-monospace,monospace}
pre{background:var(--card);padding:12px;border-radius:6px;overflow-x:auto;white-space:pre-wrap;margin:8px 0}
details{margin-top:6px}summary{cursor:pointer}
ins{text-decoration:none;background:color-mix(in srgb,var(--add) 28%,transparent);border-radius:2px}
del{background:color-mix(in srgb,var(--del) 28%,transparent);border-radius:2px}
.tag{font-size:12px;font-weight:500;border:1px solid var(--line);border-radius:10px;padding:1px 8px;color:var(--soft)}
.layouts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(320px,100%),1fr));gap:20px;margin:12px 0}
figure{margin:0}.board{position:relative;background:var(--card);border-radius:6px;margin-top:4px}
.legend{color:var(--soft);margin:20px 0 0}.legend span{border:1px solid;border-radius:3px;padding:0 6px;margin-right:4px;font-size:13px}.legend .added{color:var(--add)}.legend .removed{color:var(--del);border-style:dashed}.legend .changed{color:var(--mod)}.legend .moved{color:var(--move)}
.board div{position:absolute;padding:1px}
.board span{display:block;width:100%;height:100%;overflow:hidden;white-space:nowrap;text-overflow:ellipsis;border:1px solid var(--line);border-radius:3px;font-size:10px;line-height:1.3;padding:1px 4px;color:var(--soft);background:var(--back)}
.board .row span{border:0;background:none;font-weight:600;line-height:1.1;padding:0 4px}
.board .added span{border:2px solid var(--add);color:var(--add)}
.board .removed span{border:2px dashed var(--del);color:var(--del)}
.board .changed span{border:2px solid var(--mod);color:var(--fore)}
.board .moved span{border-color:var(--move);color:var(--move)}
@media print{section{break-inside:avoid}}
`;
